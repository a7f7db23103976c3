"""What we owed people to say, and what became of it."""

from macaw.kernel.tables import evidence

evidence("notices", kept="3 years", because="registries ask for proof that owners were told in time")
