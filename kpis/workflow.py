"""Who may publish a city's own KPI, and take it out of use."""

from accounts.enums import Role
from accounts.workflow import Transition
from kpis.enums import ComposedState as S

COMPOSED_TRANSITIONS = (
    Transition(S.DRAFT, S.PUBLISHED, Role.OFFICIAL),
    Transition(S.PUBLISHED, S.RETIRED, Role.OFFICIAL),
)
