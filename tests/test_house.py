"""What is written down in more than one place says the same everywhere."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from fnmatch import fnmatch
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]
RUN_TIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DIRECT = [*RUN_TIME, *map(Requirement, PROJECT["project"]["optional-dependencies"]["dev"])]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def locked() -> dict[str, Requirement]:
    lines = [line for line in read("requirements.lock").splitlines() if line and not line.lstrip().startswith("#")]
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}


def pinned(requirement: Requirement) -> Version:
    (pin,) = requirement.specifier
    assert pin.operator == "==", f"requirements.lock must pin {requirement.name} with =="
    return Version(pin.version)


def targets() -> set[str]:
    return set(re.search(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)[1].split())


# The lock


@pytest.mark.parametrize("requirement", DIRECT, ids=lambda requirement: requirement.name)
def test_lock_satisfies_the_bounds(requirement):
    lock = locked()
    name = canonicalize_name(requirement.name)
    assert name in lock, f"{name} is not in requirements.lock; run make lock"
    version = pinned(lock[name])
    assert requirement.specifier.contains(version, prereleases=True), f"{name} {version} is not {requirement.specifier}"


def test_lock_pins_everything():
    for requirement in locked().values():
        pinned(requirement)


def test_lock_fits_machines_with_and_without_cuda():
    lock = locked()
    assert pinned(lock["torch"]).local is None, "torch carries the suffix of one build"
    assert not [name for name in lock if name.startswith(("nvidia", "cuda", "triton"))]


def test_lock_says_how_it_was_made():
    assert "make lock" in "".join(read("requirements.lock").splitlines(keepends=True)[:6])


# The package


def test_installed_package_is_this_one():
    assert metadata.version("planqa") == PROJECT["project"]["version"]


def test_version_is_written_once():
    version = PROJECT["project"]["version"]
    for name in PACKAGES:
        for file in (ROOT / name.replace(".", "/")).glob("*.py"):
            assert f'"{version}"' not in file.read_text("utf-8"), (
                f"{file} repeats the version; read it from the metadata"
            )


def test_every_package_ships():
    tops = {name.split(".")[0] for name in PACKAGES}
    with_code = {".".join(file.parent.relative_to(ROOT).parts) for top in tops for file in (ROOT / top).rglob("*.py")}
    assert with_code | {"seeds"} == set(PACKAGES)


def test_every_data_file_ships():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    left_out = [
        file.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for file in (ROOT / name.replace(".", "/")).iterdir()
        if file.is_file() and file.suffix not in {".py", ".pyc"}
        if not any(fnmatch(file.name, pattern) for pattern in patterns.get(name, []))
    ]
    assert not left_out, f"Not in package-data of pyproject.toml: {', '.join(left_out)}"


def test_every_seed_has_its_sidecar_and_is_readable_as_a_resource():
    names = {item.name for item in files("seeds").iterdir() if item.is_file()}
    plans = {name.removesuffix(".txt") for name in names if name.endswith(".txt")}
    assert plans
    assert plans == {name.removesuffix(".toml") for name in names if name.endswith(".toml")}


def test_every_import_is_a_declared_dependency():
    """What we import we depend on by name, not by way of what another library happens to need."""
    ours = {name.split(".")[0] for name in PACKAGES}
    declared = {canonicalize_name(requirement.name) for requirement in RUN_TIME}
    owners = metadata.packages_distributions()
    undeclared = set()
    for top in ours:
        for file in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                for name in {name.split(".")[0] for name in names} - ours - set(sys.stdlib_module_names):
                    if not {canonicalize_name(owner) for owner in owners.get(name, [])} & declared:
                        undeclared.add(f"{file.relative_to(ROOT).as_posix()}:{node.lineno} imports {name}")
    assert not undeclared, "\n".join(sorted(undeclared))


# Makefile, README, CI, image


def test_readme_names_the_make_targets_that_exist():
    code = re.findall(r"^```.*?^```|`[^`\n]+`", read("README.md"), re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(code))) == targets()


def test_make_help_lists_every_target():
    assert set(re.findall(r"^([a-z]+):.* ## ", read("Makefile"), re.MULTILINE)) == targets()


def test_ci_runs_the_test_command_of_the_readme():
    command = re.search(r"^test_command='(.+)'$", read(".ci/run"), re.MULTILINE)[1]
    assert f"\n```\n{command}\n```\n" in re.sub(r"^```\w+$", "```", read("README.md"), flags=re.MULTILINE)
    assert command.removeprefix("make ") in targets()
    assert "\n$test_command " in read(".ci/run")


def test_image_installs_the_lock_and_the_right_python():
    dockerfile = read("Dockerfile")
    assert "--constraint requirements.lock" in dockerfile
    images = re.findall(r"^FROM python:(\d+\.\d+)-", dockerfile, re.MULTILINE)
    assert images
    for version in images:
        assert version + ".0" in Requirement("python" + PROJECT["project"]["requires-python"]).specifier


def test_port_is_the_same_everywhere():
    port = re.search(r"^PORT \?= (\d+)$", read("Makefile"), re.MULTILINE)[1]
    dockerfile = read("Dockerfile")
    assert f"EXPOSE {port}\n" in dockerfile
    assert f'"--port", "{port}"' in dockerfile
    assert f"127.0.0.1:{port}/healthz" in dockerfile
    assert f"http://127.0.0.1:{port}" in read("README.md")


def test_docker_context_holds_what_the_package_needs():
    kept = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    assert kept >= {name.split(".")[0] for name in PACKAGES} | {"pyproject.toml", "requirements.lock"}
    assert kept >= {PROJECT["project"]["readme"]}


@pytest.mark.parametrize(
    "name", ["requirements.lock", "Makefile", "Dockerfile", ".dockerignore", "pyproject.toml", ".ci/run"]
)
def test_no_host_and_no_path_of_one_machine(name):
    text = read(name)
    hosts = re.findall(r"\b(?:https?|file|git\+\w+)://(?!127\.0\.0\.1|localhost|\$\(HOST\))\S+", text)
    # Not /srv, /usr or /var: those mean the same on every machine and in the image.
    paths = re.findall(r"(?<![\w.$}\"'])/(?:home(?!/planqa)|opt|root|work|mnt|Users)/\S*", text)
    assert not hosts + paths


def test_changelog_starts_with_what_is_unreleased():
    sections = re.findall(r"^## (.+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert sections[0] == "[Unreleased]"
