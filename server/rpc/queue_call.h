// Unary methods that fill their responses, served from a completion queue by one thread: on few cores half the cost of
// the callback API, for methods that are short. Used by the gRPC server only.
#ifndef GI_SERVER_RPC_QUEUE_CALL_H_
#define GI_SERVER_RPC_QUEUE_CALL_H_

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "grpcpp/completion_queue.h"
#include "server/rpc/adapter.h"
#include "server/rpc/call_core.h"
#include "server/rpc/raw_service.h"

namespace gi::rpc {

// The queue with its thread. Start after the gRPC server was built, Stop after it was shut down.
class CallQueue {
 public:
  CallQueue(std::unique_ptr<grpc::ServerCompletionQueue> queue, const Adapter& adapter)
      : queue_(std::move(queue)), adapter_(adapter) {}
  ~CallQueue() { Stop(); }

  // Serves the methods of the services that are for a queue.
  void Start(const std::vector<std::unique_ptr<RawService>>& services);
  // Idempotent.
  void Stop();

 private:
  class QueueCall;

  void Loop();

  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  const Adapter& adapter_;
  // The composition of the server owns this thread; nothing else of the program starts one (beside the writer).
  std::thread thread_;
  std::mutex mutex_;
  bool stopped_ = false;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_QUEUE_CALL_H_
