// The health service: whether the server and each of its services serve.
#ifndef GI_SERVER_RPC_HEALTH_H_
#define GI_SERVER_RPC_HEALTH_H_

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/rpc/method_table.h"

namespace gi::rpc {

// Thread-safe.
class Health : public std::enable_shared_from_this<Health> {
 public:
  // Of the server (the empty name) and these services; not serving at first.
  explicit Health(const std::vector<std::string>& services);

  void SetServing(bool serving);

  // Adds grpc.health.v1.Health. The table may outlive this.
  void Register(MethodTable& methods);

 private:
  struct Watcher {
    std::string service;
    Publish publish;
  };
  using Watchers = std::list<Watcher>;
  class Subscription;

  std::shared_ptr<void> Watch(const std::string& service, Publish publish);

  std::mutex mutex_;
  std::map<std::string, bool> serving_;
  Watchers watchers_;
};

}  // namespace gi::rpc

#endif  // GI_SERVER_RPC_HEALTH_H_
