#include "storage/engine/rocksdb/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"

namespace gi::engine {
namespace {

constexpr char kFileName[] = "LOCK.gi-registry";

absl::Status IoError(const std::string& path, const std::string& what) {
  return MakeError(registry::v1::ERROR_REASON_STORE_IO, {{"detail", absl::StrCat(path, ": ", what)}});
}

absl::Status SyncDirectory(const std::filesystem::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return IoError(path, std::strerror(errno));
  const int failed = fsync(fd) != 0 ? errno : 0;
  close(fd);
  return failed != 0 ? IoError(path, std::strerror(failed)) : absl::OkStatus();
}

// Makes the directories that are missing, each durable in its parent: a store that was acknowledged must not lose its
// place.
absl::Status MakeDirectories(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return absl::OkStatus();
  const std::filesystem::path parent = path.parent_path();
  if (parent != path) RETURN_IF_ERROR(MakeDirectories(parent));
  std::filesystem::create_directory(path, error);
  if (error) return IoError(path, error.message());
  return SyncDirectory(parent);
}

std::string Holder(int fd) {
  char bytes[32];
  const ssize_t size = pread(fd, bytes, sizeof(bytes), 0);
  if (size <= 0) return "unknown";
  return std::string(absl::StripAsciiWhitespace(absl::string_view(bytes, static_cast<size_t>(size))));
}

}  // namespace

absl::StatusOr<DirectoryLock> DirectoryLock::Acquire(const std::string& path, bool create) {
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::absolute(path, error).lexically_normal();
  if (error) return IoError(path, error.message());
  // Without the slash at the end, which would make the directory its own parent.
  if (create) RETURN_IF_ERROR(MakeDirectories(directory.has_filename() ? directory : directory.parent_path()));
  const int fd = open((directory / kFileName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return IoError(path, std::strerror(errno));
  DirectoryLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return IoError(path, std::strerror(errno));
    std::string holder = Holder(fd);
    lock.fd_ = -1;
    close(fd);
    return MakeError(registry::v1::ERROR_REASON_STORE_LOCKED, {{"path", path}, {"holder", std::move(holder)}});
  }
  const std::string pid = absl::StrCat(getpid(), "\n");
  if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return IoError(path, std::strerror(errno));
  }
  return lock;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  if (this != &other) {
    Release();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void DirectoryLock::Release() {
  if (fd_ < 0) return;
  // The file stays: a process that opened it and waits to lock it must not end up with a file that nobody else sees.
  // Its content goes, so that nobody is told of a holder long gone.
  (void)!ftruncate(fd_, 0);
  close(fd_);
  fd_ = -1;
}

}  // namespace gi::engine
