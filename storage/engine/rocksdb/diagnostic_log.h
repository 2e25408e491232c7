// The file that RocksDB writes its diagnostics to. RocksDB's own logger ends the process when it cannot write (the
// packaged library checks assertions, one of which a second write after a failed one breaks), and a full disk is when
// it has most to say. This one drops what cannot be written.
#ifndef GI_STORAGE_ENGINE_ROCKSDB_DIAGNOSTIC_LOG_H_
#define GI_STORAGE_ENGINE_ROCKSDB_DIAGNOSTIC_LOG_H_

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <mutex>
#include <string>

#include "rocksdb/env.h"

namespace gi::engine {

// Thread-safe.
class DiagnosticLog final : public rocksdb::Logger {
 public:
  // Writes to `directory`/LOG; the file that was there, or that has become too large, is kept as LOG.old.
  explicit DiagnosticLog(std::string directory);
  ~DiagnosticLog() override;

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override;

 private:
  // The mutex must be held.
  void Reopen();

  const std::string path_;
  std::mutex mutex_;
  // Null if it cannot be opened.
  std::FILE* file_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace gi::engine

#endif  // GI_STORAGE_ENGINE_ROCKSDB_DIAGNOSTIC_LOG_H_
