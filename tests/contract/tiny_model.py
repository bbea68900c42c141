"""A language model of 100 KB with random weights, as a GGUF file that llama.cpp serves.

Promises: the same file at every call; prompts of any text are read byte for byte; what is sampled is always whole
characters of UTF-8, so that a server can put it into JSON. Knows nothing: its replies are noise in the form that the
request's grammar leaves open or, where it is given phrases, those phrases wherever a text is due.
"""

from __future__ import annotations

import math
import string
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from gguf import GGUFWriter, TokenType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WIDTH, HEAD, INNER = 32, 16, 32
LONGEST_CONTEXT = 131_072
SPACE = "\u2581"
"""How a sentencepiece vocabulary writes a space."""

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
_WORDS = ("muscle", "strength", "training", "control", "group", "patients", "increased", "reduced", "not", "trial")
_FOREIGN = ("é", "ß", "µ", "±", "≤", "–", "→", "効", "😀")
_LIKELY = {'"': 10.0, "]": 6.0, "{": 8.0, "}": 3.0, "</s>": 6.0}
"""How many times as likely as a letter: strings, lists and objects come to an end before the room for the answer."""

_BY_HAND = 5
_SIGNAL = 4.0
"""The first channels are set by hand, to this size. They pass the layer unchanged, so that the output matrix reads them
as biases: the first, set in every embedding, is how likely a token is; each other makes one follow upon another."""

_STRONGLY = 12.0
"""What makes one token all but certain after another."""

_LOUDNESS = 0.2
_NEVER = 1e-9


def write_tiny_model(path: Path, phrases: Sequence[str] = ()) -> None:
    """Writes the model to `path`. With `phrases`, each text that it says is one of them and its lists are short."""
    tokens = [*_vocabulary(), *((phrase.replace(" ", SPACE), TokenType.NORMAL) for phrase in phrases)]
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(LONGEST_CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_rope_dimension_count(HEAD)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _ in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_chat_template(CHAT_TEMPLATE)
    for name, tensor in _weights(tokens, len(phrases)).items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary() -> list[tuple[str, TokenType]]:
    """Three tokens that the format needs, a token for each byte, so that any prompt can be read, then characters."""
    needed = [("<unk>", TokenType.UNKNOWN), ("<s>", TokenType.CONTROL), ("</s>", TokenType.CONTROL)]
    read = [(f"<0x{byte:02X}>", TokenType.BYTE) for byte in range(256)]
    printable = string.digits + string.ascii_letters + string.punctuation
    said = [(text, TokenType.NORMAL) for text in (SPACE, "\n", *printable, *_FOREIGN, *_WORDS)]
    return [*needed, *read, *said]


def _bias(text: str, kind: TokenType) -> float:
    """Log of how likely a token is. A byte alone is no character, and half a character in a reply makes it an error."""
    unspeakable = kind in {TokenType.BYTE, TokenType.UNKNOWN} or text == "<s>"
    return math.log(_NEVER if unspeakable else _LIKELY.get(text, 1.0))


def _successions(tokens: list[tuple[str, TokenType]], phrases: int) -> list[tuple[list[int], list[int]]]:
    """Which tokens follow upon which, where there are phrases: a text is one phrase, a list of objects has one."""
    if not phrases:
        return []
    texts = [text for text, _ in tokens]
    mark, opens, closes, begins, ends = ([texts.index(character)] for character in '"{}[]')
    said = list(range(len(tokens) - phrases, len(tokens)))
    return [(mark, said), (said, mark), (begins, opens), (closes, ends)]


def _weights(tokens: list[tuple[str, TokenType]], phrases: int) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(20)

    def noise(rows: int, columns: int, size: float) -> NDArray[np.float32]:
        return (rng.standard_normal((rows, columns)) * size).astype(np.float32)

    embedding = noise(len(tokens), WIDTH, 1.0)
    output = noise(len(tokens), WIDTH, _LOUDNESS)
    # What the final normalisation makes of one channel set by hand, the others being of size 1.
    heard = _SIGNAL / math.sqrt((_SIGNAL**2 + WIDTH - 1) / WIDTH)
    embedding[:, :_BY_HAND], output[:, :_BY_HAND] = 0, 0
    embedding[:, 0] = _SIGNAL
    output[:, 0] = [_bias(text, kind) / heard for text, kind in tokens]
    for channel, (before, after) in enumerate(_successions(tokens, phrases), 1):
        embedding[before, channel] = _SIGNAL
        output[after, channel] = _STRONGLY / heard
    found = {"token_embd.weight": embedding, "output.weight": output, "output_norm.weight": _ones()}
    block = {
        "attn_norm": _ones(),
        "attn_q": noise(HEAD, WIDTH, 0.3),
        "attn_k": noise(HEAD, WIDTH, 0.3),
        "attn_v": noise(HEAD, WIDTH, 0.3),
        "attn_output": noise(WIDTH, HEAD, 0.2),
        "ffn_norm": _ones(),
        "ffn_gate": noise(INNER, WIDTH, 0.2),
        "ffn_up": noise(INNER, WIDTH, 0.2),
        "ffn_down": noise(WIDTH, INNER, 0.2),
    }
    block["attn_output"][:_BY_HAND, :] = 0
    block["ffn_down"][:_BY_HAND, :] = 0
    return found | {f"blk.0.{name}.weight": tensor for name, tensor in block.items()}


def _ones() -> NDArray[np.float32]:
    return np.ones(WIDTH, dtype=np.float32)
