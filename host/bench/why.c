#include "host.h"
void host_why(struct host_job *job) { (void)job; }
