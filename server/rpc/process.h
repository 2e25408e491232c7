// Settings of a whole process that serves calls.
#ifndef GI_SERVER_RPC_PROCESS_H_
#define GI_SERVER_RPC_PROCESS_H_

namespace gi::rpc {

// Before the first thread. Memory that a call gave back is kept for the next one instead of being returned to the
// system, up to 64 MiB; Debian's Abseil is told not to look for deadlocks at every lock that gRPC takes.
void PrepareProcess();

// Lets this thread go before all others of the machine's ordinary ones, at once when it has something to do (SCHED_RR);
// threads that it starts are ordinary. False: the system does not permit it (RLIMIT_RTPRIO, CAP_SYS_NICE), or there is
// one processor only.
bool GoFirst();

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_PROCESS_H_
