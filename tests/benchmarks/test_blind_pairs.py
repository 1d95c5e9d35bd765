"""The count of what blind readers prefer."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.blind_pairs import count


def test_preferences_are_counted_by_peer(tmp_path: Path) -> None:
    pairs = [{"peer": "lead", "precis": "A"}, {"peer": "lead", "precis": "B"}, {"peer": "lsa", "precis": "A"}]
    (tmp_path / "key.json").write_text(json.dumps([*pairs, pairs[0]]))
    verdicts = ["0\tA\tclear\tbetter", "1\tA\tslight\treads well", "2\tA\tslight\t-", "3\t=\tslight\tsame"]
    (tmp_path / "judged.tsv").write_text("\n".join(verdicts))
    lead, lsa = count(tmp_path).splitlines()[1:]
    assert lead.split() == ["lead", "1", "of", "2", "50.0%", "1", "of", "1", "1"]
    assert lsa.split() == ["lsa", "1", "of", "1", "100.0%", "0", "of", "0", "0"]
