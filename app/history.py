"""What was asked before, told as questions or as messages.

[{"role": "user", "content": "要建哪些学校？"}, {"role": "assistant", ...}] -> ["要建哪些学校？"]
"""

from __future__ import annotations


def asked_before(history: object) -> object:
    """The questions of a history that is told as messages, {"role", "content"}: those of the user; else as it is."""
    if not isinstance(history, list):
        return history
    kept = [item for item in history if not (isinstance(item, dict) and item.get("role", "user") != "user")]
    return [_text(item.get("content")) if isinstance(item, dict) else item for item in kept]


def _text(content: object) -> object:
    """A message's content, which may be a list of parts, {"type": "text", "text"}, as one text."""
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        return "\n".join(str(part.get("text") or "") for part in content)
    return content
