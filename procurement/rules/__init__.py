"""The law and the house's own rules, each with its name and its article.

Pure: facts in, objections out. A rule that objects says what is wrong and what would
be right; an empty list means that nothing stands in the way.
"""

from procurement.rules.named import RULES, Objection, Rule

__all__ = ["RULES", "Objection", "Rule"]
