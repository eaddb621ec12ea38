#include "host.h"
void host_live(struct host_job *job) { (void)job; }
