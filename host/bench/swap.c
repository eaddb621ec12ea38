#include "host.h"
void host_swap(struct host_job *job) { (void)job; }
