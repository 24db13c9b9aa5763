"""The command line: parse, call, print; results on standard output, everything else on standard error.

    planqa setup | ask | search | verify | index build|add|remove|list|check | feedback | serve | mcp | eval

Exit status: 0 done, 1 the answer is negative where that is the question (verify, index check, eval), 2 wrong use
or unusable input. Heavy libraries are imported by the command that needs them, so that help is instant.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import evaluate, serve, verify
from app.history import asked_before
from app.log import configure
from rag.errors import InputError, PlanQAError
from rag.text import is_text

if TYPE_CHECKING:
    from app.settings import Settings
    from rag.types import Answer, Citation, Hit, MatchedWord
    from rag.understood import Understood

Command = Callable[[argparse.Namespace, "Settings"], int]
_TOGETHER = 64  # questions of a batch that are encoded in one go


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        from app.settings import Settings

        if not is_text("".join(sys.argv[1:] if arguments is None else arguments)):
            raise InputError("An argument holds bytes that are no UTF-8 text. Type it again, or rename the file.")
        settings = Settings.from_environment()
        configure(settings.log_level)
        command: Command = options.command
        return command(options, settings)
    except PlanQAError as error:
        sys.stderr.write(f"planqa: {error}\n")
        return 2
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="planqa", description="Ask a government plan; every word can be checked.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    setup = commands.add_parser("setup", help="build the encoder, once; does nothing when it is there")
    setup.set_defaults(command=_setup)

    ask = commands.add_parser("ask", help="answer a question in the plan's own words")
    ask.add_argument("question", nargs="?", help="in Chinese, English or another language; - reads standard input")
    ask.add_argument("--plan", metavar="ID", help="ask this plan only")
    ask.add_argument("--section", metavar="TEXT", help="ask only sections with this text in their heading")
    ask.add_argument("--json", action="store_true", help="the whole answer as JSON")
    ask.add_argument("--batch", type=Path, metavar="FILE", help='JSON lines with "id" and "question"')
    ask.add_argument("--out", type=Path, metavar="FILE", help="where the answers to --batch go, as JSON lines")
    ask.set_defaults(command=_ask)

    search = commands.add_parser("search", help="show the passages that bear most on a query")
    search.add_argument("query")
    search.add_argument("-k", type=_positive, default=5, metavar="N", help="how many, 1 to 100 (default 5)")
    search.add_argument("--plan", metavar="ID", help="search this plan only")
    search.add_argument("--section", metavar="TEXT", help="search only sections with this text in their heading")
    search.add_argument("--json", action="store_true")
    search.set_defaults(command=_search)

    verify.add_parser(commands, _verify)

    index = commands.add_parser("index", help="the plans that can be asked").add_subparsers(required=True)
    build = index.add_parser("build", help="index the shipped plan; build anew what another encoder made")
    build.set_defaults(command=_index_build)
    add = index.add_parser("add", help="add plans: .txt or .md files, or folders of them")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add.set_defaults(command=_index_add)
    remove = index.add_parser("remove", help="take a plan out")
    remove.add_argument("id")
    remove.set_defaults(command=_index_remove)
    listing = index.add_parser("list", help="show the plans")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(command=_index_list)
    check = index.add_parser("check", help="verify everything that is stored; exit status 1 if it is damaged")
    check.set_defaults(command=_index_check)

    feedback = commands.add_parser("feedback", help="show what readers said of answers")
    feedback.add_argument("--json", action="store_true", help="as JSON lines")
    feedback.set_defaults(command=_feedback)

    serve.add_parsers(commands)

    evaluate.add_parser(commands, _eval)
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{value} is not between 1 and 100")
    return value


def _setup(_options: argparse.Namespace, settings: Settings) -> int:
    from app.wiring import load_encoder
    from rag.dictionary import Dictionary

    encoder = load_encoder(settings)
    Dictionary.load(settings.cache)
    print(f"ready: {encoder.name} ({encoder.dim} dimensions)")
    return 0


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    if (options.question is None) == (options.batch is None):
        raise InputError("Give either a question or --batch FILE.")
    if (options.batch is None) != (options.out is None):
        raise InputError("--batch and --out go together.")
    if options.batch is not None:
        return _ask_batch(options, settings)
    from app.wiring import open_services

    question = sys.stdin.read() if options.question == "-" else options.question
    answer = open_services(settings).assistant.ask(question, options.plan, section=options.section)
    print(_json(answer) if options.json else _readable(answer))
    return 0


def _ask_batch(options: argparse.Namespace, settings: Settings) -> int:
    """Answer every line; the answers appear in --out all together, or, after an error, not at all."""
    from dataclasses import asdict

    from tqdm import tqdm

    from app.wiring import open_assistant

    questions = list(_read_questions(options.batch))
    assistant = open_assistant(settings)

    def understood(line: dict[str, Any]) -> Understood:
        try:
            plan = line.get("plan", options.plan)
            return assistant.understand(line["question"], plan, line["history"], options.section)
        except InputError as error:
            raise type(error)(f"{options.batch}, id {line['id']}: {error}") from None

    temporary = options.out.with_name(options.out.name + ".part")
    bar = tqdm(total=len(questions), desc="asking", unit="question", file=sys.stderr, disable=None)
    try:
        with temporary.open("w", encoding="utf-8") as out, bar:
            for begin in range(0, len(questions), _TOGETHER):
                lines = questions[begin : begin + _TOGETHER]
                answers = assistant.answer([understood(line) for line in lines])
                for line, answer in zip(lines, answers, strict=True):
                    out.write(_json({**asdict(answer), "id": line["id"]}) + "\n")
                bar.update(len(lines))
        temporary.replace(options.out)
    except OSError as error:
        raise InputError(f"{options.out} cannot be written: {error.strerror}.") from None
    finally:
        temporary.unlink(missing_ok=True)
    return 0


def _read_questions(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read as UTF-8 text: {error}.") from None
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError as error:
            raise InputError(f"{file}, line {number}, is not JSON: {error}.") from None
        if not isinstance(line, dict) or not isinstance(line.get("question"), str) or "id" not in line:
            raise InputError(f'{file}, line {number}, needs "id" and "question" (a string).')
        history = line["history"] = asked_before(line.get("history", []))
        if not isinstance(history, list) or not all(isinstance(text, str) for text in history):
            raise InputError(f'{file}, line {number}: "history" is the list of the questions before it.')
        yield line


def _search(options: argparse.Namespace, settings: Settings) -> int:
    from app.wiring import open_services

    found = open_services(settings).assistant.search(options.query, options.k, options.plan, options.section)
    if found.scope:
        sys.stderr.write(f"Only in {found.scope.plan}, which the query names: {', '.join(found.scope.words)}\n")
    print(_json(list(found.hits)) if options.json else "\n\n".join(map(_readable_hit, found.hits)))
    return 0


def _index_build(_options: argparse.Namespace, settings: Settings) -> int:
    from app.settings import shipped_plans
    from app.wiring import make_builder

    for outcome in make_builder(settings).build([shipped_plans()]):
        print(f"{outcome.change}: {outcome.id}  {outcome.title}")
    return 0


def _index_add(options: argparse.Namespace, settings: Settings) -> int:
    from app.wiring import make_builder

    for outcome in make_builder(settings).add(options.paths):
        print(f"{outcome.change}: {outcome.id}  {outcome.title}")
    return 0


def _index_remove(options: argparse.Namespace, settings: Settings) -> int:
    from app.wiring import make_builder

    make_builder(settings).remove(options.id)
    print(f"removed: {options.id}")
    return 0


def _index_list(options: argparse.Namespace, settings: Settings) -> int:
    from index.store import Store

    infos = Store.open(settings.index).document_infos()
    print(_json(infos) if options.json else "\n".join(f"{info.id}  {info.title}" for info in infos))
    return 0


def _index_check(_options: argparse.Namespace, settings: Settings) -> int:
    from index.library import Library

    library = Library.open(settings.index)
    problems = library.problems()
    for problem in problems:
        print(problem)
    if not problems:
        print(f"sound: {len(library.documents())} plans")
    return 1 if problems else 0


def _feedback(options: argparse.Namespace, settings: Settings) -> int:
    from index.feedback import FeedbackStore

    for given in FeedbackStore(settings.index).read():
        print(_json(given) if options.json else f"{given.at} {given.vote:4} {given.answer_id} {given.comment or ''}")
    return 0


def _verify(options: argparse.Namespace, settings: Settings) -> int:
    text, well = options.verification(options, settings)
    print(text)
    return 0 if well else 1


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    text, well = options.evaluation(options, settings)
    print(text)
    return 0 if well else 1


def _json(value: object) -> str:
    from pydantic import TypeAdapter

    return TypeAdapter(type(value)).dump_json(value).decode("utf-8")


def _readable(answer: Answer) -> str:
    shown = answer.citations or answer.related
    return "\n".join([answer.text, *(["", *map(_readable_citation, shown)] if shown else [])])


def _readable_citation(citation: Citation) -> str:
    section = " > ".join(citation.section)
    lines = f"lines {citation.line_start}-{citation.line_end}"
    return f"[{citation.number}] {citation.paragraph_id} {lines} {section}\n    {citation.quote}"


def _readable_hit(hit: Hit) -> str:
    parts = {"dense": hit.dense, "sentence": hit.sentence, "lexical": hit.lexical, "plan": hit.plan}
    scores = f"{hit.score:.3f} = " + ", ".join(f"{name} {value:.3f}" for name, value in parts.items())
    words = "; ".join(map(_readable_match, hit.matched))
    lines = [f"{hit.rank}. {hit.passage.id} {scores}", words, " > ".join(hit.passage.headings), hit.passage.text]
    return "\n   ".join(line for line in lines if line)


def _readable_match(match: MatchedWord) -> str:
    return match.word if match.found == (match.word,) else f"{match.word} → {', '.join(match.found)}"


if __name__ == "__main__":
    sys.exit(main())
