"""A phrase that is there twice."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class FoldedPhrase(Rule):
    """A phrase that is there twice.

    ## What it does

    Says that composing folds equal phrases of template and styles (case, spaces and underscores
    aside) into one: the first place stays, the weight farthest from 1 wins.

    ## Why is this bad?

    It is not bad. Encoders read a repeated phrase twice, which nobody asked for, so it is folded;
    whoever meant the repetition as emphasis should give a weight.

    ## Example

    ```
    a fox, film grain, Film Grain
    ```

    ## Use instead

    ```
    a fox, (film grain:1.2)
    ```
    """

    code = "IMP301"
    name = "folded-phrase"
    severity = "info"
    VALID = (Case("---\nformat: 1\n---\na fox, film grain", suffix=".prompt"),)
    INVALID = (Case("---\nformat: 1\n---\na fox, grain, Grain", "Grain", suffix=".prompt"),)
