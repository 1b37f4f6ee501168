"""The baseline that parse times are compared with: A1111's job as a plain regex loop, flat runs, no spans; and three prompts."""

import re

CUT = re.compile(r"\\([()\[\]\\]?)|([(\[])|:\s*([+-]?[.\d]+)\s*\)|([)\]])|[^\\()\[\]:]+|:")


def loop(text):
    runs, rounds, squares = [], [], []

    def scale(start, by):
        for run in runs[start:]:
            run[1] *= by

    for m in CUT.finditer(text):
        piece, opener, weight, closer = m.group(0), m.group(2), m.group(3), m.group(4)
        if piece[0] == "\\":
            runs.append([m.group(1), 1.0])
        elif opener:
            (rounds if opener == "(" else squares).append(len(runs))
        elif weight is not None and rounds:
            scale(rounds.pop(), float(weight))
        elif closer == ")" and rounds:
            scale(rounds.pop(), 1.1)
        elif closer == "]" and squares:
            scale(squares.pop(), 1 / 1.1)
        else:
            runs.append([piece, 1.0])
    for start in rounds:
        scale(start, 1.1)
    for start in squares:
        scale(start, 1 / 1.1)
    out = []
    for run in runs or [["", 1.0]]:
        if out and out[-1][1] == run[1]:
            out[-1][0] += run[0]
        else:
            out.append(run)
    return out


WEIGHTED = "masterpiece, (best quality:1.2), ultra-detailed, portrait of a (young woman:1.3), [blurry background:0.8], (natural lighting:1.1), shallow depth of field, 85mm lens, (professional photography, (soft skin:1.15), detailed eyes:1.05), warm color grading"
MIXED = "portrait of a {red|green|blue} knight, (steel armor:1.2), __pose__, [sketch:oil painting:0.4], <lora:ink:0.8>, (storm, (lightning:1.3)), cinematic BREAK castle on a hill, [fog:0.8], wide shot, dramatic light, detailed stone, old banners, 35mm"
PLAIN = "portrait of a young woman, natural lighting, shallow depth of field, 85mm lens, professional photography, soft skin, detailed eyes, warm color grading"
