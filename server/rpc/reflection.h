// The reflection service: which services there are, and the protos of their messages, for tools.
#ifndef GI_SERVER_RPC_REFLECTION_H_
#define GI_SERVER_RPC_REFLECTION_H_

#include <string>
#include <vector>

#include "server/rpc/method_table.h"

namespace gi::rpc {

// Adds grpc.reflection.v1 and v1alpha, which speak of these services (full names) and of all protos in the program.
void AddReflection(std::vector<std::string> services, MethodTable& methods);

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_REFLECTION_H_
