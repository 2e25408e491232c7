#include "storage/engine/rocksdb/diagnostic_log.h"

#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace gi::engine {
namespace {

constexpr size_t kMaxBytes = 8 << 20;
constexpr size_t kMaxLineBytes = 4096;

}  // namespace

DiagnosticLog::DiagnosticLog(std::string directory) : path_(std::move(directory) + "/LOG") {
  std::lock_guard<std::mutex> lock(mutex_);
  Reopen();
}

DiagnosticLog::~DiagnosticLog() {
  if (file_ != nullptr) std::fclose(file_);
}

void DiagnosticLog::Reopen() {
  if (file_ != nullptr) std::fclose(file_);
  (void)std::rename(path_.c_str(), (path_ + ".old").c_str());
  file_ = std::fopen(path_.c_str(), "we");
  bytes_ = 0;
}

void DiagnosticLog::Logv(const char* format, va_list arguments) {
  char line[kMaxLineBytes];
  const int length = std::vsnprintf(line, sizeof(line), format, arguments);
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%E6S", absl::Now(), absl::UTCTimeZone());
  std::lock_guard<std::mutex> lock(mutex_);
  if (length < 0 || file_ == nullptr) return;
  const int written = std::fprintf(file_, "%sZ %s\n", time.c_str(), line);
  // A failure stays with the stream, and must not keep what comes later from being written.
  if (written < 0 || std::fflush(file_) != 0) std::clearerr(file_);
  bytes_ += written > 0 ? static_cast<size_t>(written) : 0;
  if (bytes_ > kMaxBytes) Reopen();
}

}  // namespace gi::engine
