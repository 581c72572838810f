"""How CamWatch itself is doing: what was found, how that changed, and how the last run ended."""

from camwatch.health.findings import (
    Fact,
    Finding,
    Grade,
    HealthReport,
    Part,
    QueueReading,
    WorkerReading,
    worst_of,
)

__all__ = [
    "Fact",
    "Finding",
    "Grade",
    "HealthReport",
    "Part",
    "QueueReading",
    "WorkerReading",
    "worst_of",
]
