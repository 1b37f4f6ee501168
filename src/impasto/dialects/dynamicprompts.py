from impasto.dialects.dynamicprompts_grammar import parse
