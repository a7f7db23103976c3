"""Token buckets: a lost one is a full one."""

from macaw.kernel.tables import recomputable

recomputable("limit_buckets", kept="until the bucket is full again", because="an absent row is a full bucket")
