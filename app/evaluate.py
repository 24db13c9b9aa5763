"""`planqa eval`: its options, and the evaluations; what is printed goes through the command line.

    planqa eval retrieval | answers | verify | fit | calibrate | benchmark | load | compare

Exit status 1: a floor was undercut, or the second of two compared runs is worse by more than noise.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import InputError

if TYPE_CHECKING:
    from app.settings import Settings
    from app.wiring import Services
    from eval.questions import Question
    from eval.wordings import Wording
    from index.library import Library

Outcome = tuple[str, bool]  # what to print, and whether all is well
SHIPPED = "luojiang-2021"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], run: Callable[..., int]) -> None:
    """Put `eval` and its kinds under the commands; `run` gets the chosen one as `options.evaluation`."""
    parser = commands.add_parser("eval", help="measure retrieval, answers and verdicts")
    parser.set_defaults(command=run)
    kinds = parser.add_subparsers(required=True)

    retrieval = kinds.add_parser("retrieval", help="find the texts of a collection in BEIR's layout")
    retrieval.add_argument(
        "--dataset", type=Path, required=True, metavar="DIR", help="corpus.jsonl, queries.jsonl, qrels.tsv"
    )
    retrieval.add_argument(
        "--out", type=Path, required=True, metavar="FILE.json", help="the run, Markdown and page go beside it"
    )
    retrieval.add_argument("--ladder", action="store_true", help="also measure what each part earns")
    retrieval.set_defaults(evaluation=eval_retrieval)

    answers = kinds.add_parser("answers", help="ask questions whose right answers are known")
    answers.add_argument(
        "--questions",
        type=Path,
        metavar="PATH",
        help="a file of questions, or a folder with documents.jsonl and questions.jsonl; default: the shipped plan's",
    )
    answers.add_argument("--out", type=Path, required=True, metavar="DIR")
    answers.add_argument(
        "--plan", metavar="ID", help="the plan the questions are on; needed where the index has several"
    )
    answers.add_argument(
        "--split", choices=["dev", "test", "all"], default="all", help="half to tune on, half to judge by"
    )
    answers.add_argument(
        "--answers", type=Path, metavar="FILE", help="score these answers (of planqa ask --batch) instead of asking"
    )
    answers.add_argument(
        "--floors", type=Path, metavar="FILE.toml", help="exit with 1 where a measure is below its floor"
    )
    answers.set_defaults(evaluation=eval_answers)

    verify = kinds.add_parser("verify", help="score verdicts on wordings")
    verify.add_argument("--wordings", type=Path, metavar="FILE", help="default: the shipped plan's")
    verify.add_argument(
        "--verdicts", type=Path, metavar="FILE", help="score these (of planqa verify --batch) instead of verifying"
    )
    verify.add_argument("--out", type=Path, required=True, metavar="DIR")
    verify.add_argument("--plan", metavar="ID", help="the plan the wordings are of; needed where the index has several")
    verify.set_defaults(evaluation=eval_verify)

    for measuring in (retrieval, answers, verify):
        measuring.add_argument(
            "--skip-malformed", action="store_true", help="leave faulty lines out instead of stopping"
        )

    timing = kinds.add_parser("benchmark", help="time the steps of retrieval in indexes of growing size")
    timing.add_argument("--passages", type=int, nargs="+", default=[100, 10_000, 100_000], metavar="N")
    timing.add_argument("--out", type=Path, metavar="FILE.json")
    timing.set_defaults(evaluation=eval_benchmark)

    calibrate = kinds.add_parser("calibrate", help="move each threshold of answering, and tell what that changes")
    calibrate.add_argument("--questions", type=Path, metavar="FILE", help="default: the shipped plan's")
    calibrate.add_argument("--plan", metavar="ID", help="the plan they are on; needed where the index has several")
    calibrate.add_argument("--split", choices=["dev", "test", "all"], default="dev")
    calibrate.add_argument(
        "--swapped", type=Path, metavar="DIR", help="documents.jsonl, questions.jsonl: each put to another document"
    )
    calibrate.add_argument("--most", type=int, default=150, metavar="N", help="how many of these, evenly chosen")
    calibrate.set_defaults(evaluation=eval_calibrate, skip_malformed=False)

    fitting = kinds.add_parser("fit", help="fit what tells an answer from a mention, on questions with right answers")
    fitting.add_argument(
        "--questions",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="on plans of the index, by their `plan`; those without one are the shipped plan's, of which dev counts; "
        "or a folder with documents.jsonl and questions.jsonl",
    )
    fitting.add_argument("--swapped", type=int, default=150, metavar="N", help="of these, also put to another plan")
    fitting.add_argument("--out", type=Path, required=True, metavar="FILE.toml", help="rag/judge.toml puts it to use")
    fitting.set_defaults(evaluation=eval_fit)

    loading = kinds.add_parser("load", help="ask a server of its own with many clients at once")
    loading.add_argument("--clients", type=int, default=64, metavar="N")
    loading.add_argument("--seconds", type=float, default=60, metavar="S")
    loading.add_argument("--out", type=Path, metavar="FILE.json")
    loading.set_defaults(evaluation=eval_load)

    compare = kinds.add_parser("compare", help="what got better or worse from one run to another")
    compare.add_argument("before", type=Path, metavar="A", help="a report.json, or the folder that holds it")
    compare.add_argument("after", type=Path, metavar="B")
    compare.set_defaults(evaluation=eval_compare)


def eval_retrieval(options: argparse.Namespace, settings: Settings) -> Outcome:
    """Measure a collection; writes report.json, the TREC run, Markdown and a page."""
    from eval.collection import read_collection
    from eval.report import summary, write
    from eval.retrieval import evaluate

    collection = read_collection(options.dataset, skip_malformed=options.skip_malformed)
    report, run = evaluate(collection, settings, ladder=options.ladder)
    write(report, options.out, beside={".trec": run})
    return summary(report), True


def eval_answers(options: argparse.Namespace, settings: Settings) -> Outcome:
    """Measure answers; writes report.json, answers.jsonl, Markdown and a page into the folder."""
    from app.wiring import open_services
    from eval.questions import read_folder, read_questions
    from eval.workbench import workbench

    source = options.questions or _shipped("questions.jsonl")
    if not source.is_dir():
        questions = read_questions(source, skip_malformed=options.skip_malformed)
        services = open_services(settings)
        plan = (
            options.plan if all(question.plan for question in questions) else _the_plan(services.library, options.plan)
        )
        return _answers(options, services, questions, plan, source)
    texts, questions = read_folder(source, skip_malformed=options.skip_malformed)
    with workbench(str(source.resolve()), texts, settings) as bench:
        return _answers(options, bench.services, bench.put(questions), None, source)


def _answers(
    options: argparse.Namespace, services: Services, questions: list[Question], plan: str | None, source: Path
) -> Outcome:
    from eval.answers import answer_lines, ask_all, read_answers, report
    from eval.floors import undercut
    from eval.report import summary, write
    from eval.workbench import file_digest, provenance

    chosen = [question for question in questions if options.split in ("all", question.split)]
    if not chosen:
        raise InputError(f"{source} has no question in the split {options.split}.")
    milliseconds: list[float] = []
    if options.answers:
        answers = read_answers(options.answers, skip_malformed=options.skip_malformed)
    else:
        answers, milliseconds = ask_all(chosen, services.assistant.ask, plan)
    digest = file_digest(source / "questions.jsonl" if source.is_dir() else source)
    found = report(
        f"{source.resolve().parent.name if source.is_file() else source.resolve().name} ({options.split})",
        chosen,
        answers,
        services.library.document,
        plan=plan,
        index={**provenance(services.library), "questions_sha256": digest},
        settings={"split": options.split, "plan": plan or "each question's own"},
        milliseconds=milliseconds,
    )
    write(found, options.out / "report.json")
    (options.out / "answers.jsonl").write_text(answer_lines(answers), encoding="utf-8")
    missed = undercut(found.scores, options.floors, options.split) if options.floors else []
    return "\n".join([summary(found), *missed]), not missed


def eval_calibrate(options: argparse.Namespace, settings: Settings) -> Outcome:
    """Say what each threshold between an answer and a refusal would change at other values."""
    from app.wiring import open_services
    from eval.calibrate import calibrate_services, describe
    from eval.questions import read_questions

    services = open_services(settings)
    plan = _the_plan(services.library, options.plan)
    questions = read_questions(options.questions or _shipped("questions.jsonl"))
    questions = [question for question in questions if options.split in ("all", question.split)]
    return describe(*calibrate_services(questions, services, plan, options.swapped, options.most)), True


def eval_fit(options: argparse.Namespace, settings: Settings) -> Outcome:
    """Fit the judge's weights, and say what they are worth on plans left out of the fit."""
    from app.wiring import open_services
    from eval.fit import describe, fit_services, write

    sources = options.questions or [_shipped("questions.jsonl")]
    fitted = fit_services(sources, options.swapped, open_services(settings), SHIPPED)
    command = f"planqa eval fit --questions {' '.join(source.name for source in sources)} --swapped {options.swapped}"
    write(fitted, command, options.out)
    return describe(fitted), True


def eval_verify(options: argparse.Namespace, settings: Settings) -> Outcome:
    """Score verdicts; writes report.json, Markdown and a page into the folder."""
    from eval.report import summary, write
    from eval.wordings import read_verdicts, read_wordings, report
    from eval.workbench import file_digest, provenance
    from index.library import Library

    source = options.wordings or _shipped("wordings.jsonl")
    wordings = read_wordings(source, skip_malformed=options.skip_malformed)
    library = Library.open(settings.index)
    index = {**provenance(library), "wordings_sha256": file_digest(source)}
    plan = _the_plan(library, options.plan)
    verdicts = options.verdicts or _verify_all(wordings, settings, plan, options.out)
    verdicts = read_verdicts(verdicts, skip_malformed=options.skip_malformed)
    found = report(source.resolve().parent.name, wordings, verdicts, library.document, plan=plan, index=index)
    write(found, options.out / "report.json")
    return summary(found), True


def _verify_all(wordings: list[Wording], settings: Settings, plan: str, folder: Path) -> Path:
    """The product's own verdicts on the wordings, as the file it writes them to."""
    from app.verify import to_json
    from app.verifying import open_verifier

    verifier = open_verifier(settings)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "verdicts.jsonl"
    lines = [to_json(verifier.verify(wording.text, plan), wording.id) + "\n" for wording in wordings]
    file.write_text("".join(lines), encoding="utf-8")
    return file


def eval_benchmark(options: argparse.Namespace, settings: Settings) -> Outcome:
    """Time retrieval beside the encoder."""
    from eval.benchmark import as_json, benchmark, describe

    if min(options.passages) < 1:
        raise InputError("--passages takes numbers from 1 on.")
    timings = benchmark(options.passages, settings)
    if options.out:
        options.out.write_text(as_json(timings), encoding="utf-8")
    return describe(timings), True


def eval_load(options: argparse.Namespace, settings: Settings) -> Outcome:
    """Ask a server with many clients; all is well where nothing but a refusal for want of room went wrong."""
    from app.wiring import open_services
    from eval.load import as_json, describe, load
    from eval.questions import read_questions

    if not 1 <= options.clients <= 1000 or not 0 < options.seconds <= 3600:
        raise InputError("--clients takes 1 to 1000, --seconds more than 0 and up to 3600.")
    questions = [question.question for question in read_questions(_shipped("questions.jsonl"))]
    found = load(settings, open_services(settings).assistant.ask, questions, options.clients, options.seconds)
    if options.out:
        options.out.write_text(as_json(found), encoding="utf-8")
    return describe(found), not found.errors


def eval_compare(options: argparse.Namespace, _settings: Settings) -> Outcome:
    """Say what moved between two reports."""
    from eval.compare import compare, describe

    found = compare(options.before, options.after)
    return describe(found), not found.worse


def _shipped(name: str) -> Path:
    return Path(str(files("eval"))) / "datasets" / SHIPPED / name


def _the_plan(library: Library, plan: str | None) -> str:
    """The plan that lines are of: the one named, or the only one there is.

    :raises InputError: if that does not say which.
    """
    ids = [info.id for info in library.documents()]
    if plan is None and len(ids) == 1:
        return ids[0]
    if plan is None:
        raise InputError(f"The index has {len(ids)} plans. Say with --plan ID which one the lines are of.")
    library.document(plan)
    return plan
