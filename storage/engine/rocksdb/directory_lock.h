// The lock that keeps a data directory to one engine of one process. RocksDB has one too, but tells of it in text only.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_DIRECTORY_LOCK_H_
#define GI_STORAGE_ENGINE_ROCKSDB_DIRECTORY_LOCK_H_

#include <string>

#include "absl/status/statusor.h"

namespace gi::engine {

// Held until Release or destruction; the system releases it when the process ends, however it ends. Movable, not
// thread-safe.
class DirectoryLock {
 public:
  // Takes the lock of `path`, whose directory, with its parents, is made first if `create`.
  // STORE_LOCKED [path, holder: the process id, or "unknown"] if it is taken, by this process too. STORE_IO.
  static absl::StatusOr<DirectoryLock> Acquire(const std::string& path, bool create);

  DirectoryLock() = default;
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  ~DirectoryLock() { Release(); }

  void Release();

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_DIRECTORY_LOCK_H_
