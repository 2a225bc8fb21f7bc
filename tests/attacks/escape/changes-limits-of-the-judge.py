"""Sets a resource limit of the judge, which would end it at the next file that it writes."""
# stopped by: namespaces, seccomp, uid

import resource


def attack(judge):
    resource.prlimit(judge["pid"], resource.RLIMIT_CORE, resource.prlimit(judge["pid"], resource.RLIMIT_CORE))
    return "set the judge's limits"
