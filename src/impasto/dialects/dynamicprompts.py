from impasto.dialects.dynamicprompts_grammar import parse
from impasto.dialects.dynamicprompts_combinations import generate
def combinations(text): return generate(text, parse(text).nodes)
