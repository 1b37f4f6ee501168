from impasto.source import Source
from impasto.dialects.swarmui_parsing import *
from impasto.dialects.swarmui_parsing import parse, steps_of
def schedules(text, steps=20):
    parsed = parse(Source(text))
    if parsed.problems:
        raise parsed.problems[0]
    texts = ["".join([p.text for p in pieces]) for pieces in steps_of(parsed, steps)]
    if not parsed.switches:
        return [[0, 1, texts[0]]]
    found = []
    begun = 0
    for step in range(1, steps):
        if texts[step] != texts[step - 1]:
            found.append([begun / steps - 0.001, step / steps + 0.001, texts[step - 1]])
            begun = step
    found.append([begun / steps - 0.001, 1, texts[-1]])
    return found
