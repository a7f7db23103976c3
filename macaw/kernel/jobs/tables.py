"""What the worker keeps of its own."""

from macaw.kernel.tables import recomputable

recomputable("job_heartbeats", kept="a day after the last beat", because="a living worker beats again in two seconds")
recomputable(
    "job_duties", kept="as long as the duty exists", because="a duty without a row is made at the worker's start"
)
recomputable("jobs", kept="90 days after its end", because="what a job changed is recorded where it changed it")
