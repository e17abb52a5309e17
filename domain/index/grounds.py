"""The rules that each item of the indices stands on: whose sentence is quoted beside its rows.

An item without a rule of its own (attendance, records) is local practice: its definition is its sentence.
"""

from collections.abc import Mapping

from domain import rules
from domain.vocabulary import Duty

GROUNDS: Mapping[str, tuple[str, ...]] = {
    "study_courses": (rules.STUDY_COURSES,),
    "study_hours": (rules.STUDY_NORM,),
    "life_duties": tuple(rules.duty_rule(duty) for duty in Duty),
    "tasks_on_time": (rules.TASK_PROGRESS,),
    "tasks_progress": (rules.TASK_PROGRESS,),
    "membership_dues": (rules.DUES_ARREARS,),
    "membership_election": (rules.ELECTION_TERM,),
    "membership_admission": (
        rules.FIRST_TALK,
        rules.MIN_AGE,
        rules.OBSERVATION,
        rules.CANDIDATE_EARLY,
        rules.TRAINING,
        rules.PUBLIC_NOTICE,
        rules.PROBATION_APPROVAL,
        rules.PROBATION_END,
        rules.CONVERSION_APPROVAL,
        rules.ADMISSION_ORDER,
    ),
    "service_records": (rules.SERVICE_NORM,),
}
