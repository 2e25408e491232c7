#include "tests/storage/engine/unsynced_file_system.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace gi::engine {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using File = UnsyncedFileSystem::File;
using Lock = std::lock_guard<std::mutex>;

// Keeps what is appended until it is synced.
class UnsyncedWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  UnsyncedWritableFile(UnsyncedFileSystem& files, std::shared_ptr<File> file,
                       std::unique_ptr<rocksdb::FSWritableFile> base)
      : FSWritableFileOwnerWrapper(std::move(base)), files_(files), file_(std::move(file)) {}

  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    Lock lock(files_.mutex_);
    if (IOStatus power = files_.CheckPower(); !power.ok()) return power;
    file_->unsynced.append(data.data(), data.size());
    files_.appended_ += data.size();
    return IOStatus::OK();
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const Slice& data, uint64_t offset, const IOOptions&, IODebugContext*) override {
    Lock lock(files_.mutex_);
    if (IOStatus power = files_.CheckPower(); !power.ok()) return power;
    // Happens with direct I/O, after the sync of a partial sector.
    if (offset < file_->durable) return IOStatus::NotSupported("rewriting synced bytes");
    const size_t begin = offset - file_->durable;
    file_->unsynced.resize(std::max(file_->unsynced.size(), begin + data.size()));
    file_->unsynced.replace(begin, data.size(), data.data(), data.size());
    files_.appended_ += data.size();
    return IOStatus::OK();
  }
  IOStatus PositionedAppend(const Slice& data, uint64_t offset, const IOOptions& options,
                            const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return PositionedAppend(data, offset, options, debug);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    Lock lock(files_.mutex_);
    if (IOStatus power = files_.CheckPower(); !power.ok()) return power;
    if (size >= file_->durable) {
      file_->unsynced.resize(size - file_->durable);
      return IOStatus::OK();
    }
    file_->unsynced.clear();
    file_->durable = size;
    return FSWritableFileOwnerWrapper::Truncate(size, options, debug);
  }
  // To the page cache, as it were.
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override { return Fsync(options, debug); }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    Lock lock(files_.mutex_);
    if (IOStatus power = files_.CheckPower(); !power.ok()) return power;
    ++files_.syncs_;
    IOStatus status = FSWritableFileOwnerWrapper::Append(file_->unsynced, options, debug);
    if (!status.ok()) return status;
    file_->durable += file_->unsynced.size();
    file_->unsynced.clear();
    return FSWritableFileOwnerWrapper::Fsync(options, debug);
  }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    Lock lock(files_.mutex_);
    return file_->durable + file_->unsynced.size();
  }

 private:
  UnsyncedFileSystem& files_;
  const std::shared_ptr<File> file_;
};

// Shows a file with its unsynced bytes.
class UnsyncedReader final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  UnsyncedReader(UnsyncedFileSystem& files, std::shared_ptr<File> file,
                 std::unique_ptr<rocksdb::FSRandomAccessFile> base)
      : FSRandomAccessFileOwnerWrapper(std::move(base)), files_(files), file_(std::move(file)) {}

  IOStatus Read(uint64_t offset, size_t size, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) const override {
    Lock lock(files_.mutex_);
    size_t got = 0;
    if (offset < file_->durable) {
      const size_t wanted = std::min<size_t>(size, file_->durable - offset);
      IOStatus status = FSRandomAccessFileOwnerWrapper::Read(offset, wanted, options, result, scratch, debug);
      if (!status.ok()) return status;
      if (result->data() != scratch) std::memmove(scratch, result->data(), result->size());
      got = result->size();
    }
    if (offset + got >= file_->durable && got < size) {
      const size_t begin = std::min<size_t>(offset + got - file_->durable, file_->unsynced.size());
      got += file_->unsynced.copy(scratch + got, size - got, begin);
    }
    *result = Slice(scratch, got);
    return IOStatus::OK();
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    for (size_t i = 0; i < count; ++i) {
      rocksdb::FSReadRequest& request = requests[i];
      request.status = Read(request.offset, request.len, options, &request.result, request.scratch, debug);
    }
    return IOStatus::OK();
  }

 private:
  UnsyncedFileSystem& files_;
  const std::shared_ptr<File> file_;
};

namespace {

class SequentialReader final : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialReader(std::unique_ptr<rocksdb::FSRandomAccessFile> file) : file_(std::move(file)) {}
  IOStatus Read(size_t size, const IOOptions& options, Slice* result, char* scratch, IODebugContext* debug) override {
    IOStatus status = file_->Read(at_, size, options, result, scratch, debug);
    if (status.ok()) at_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t size) override {
    at_ += size;
    return IOStatus::OK();
  }

 private:
  const std::unique_ptr<rocksdb::FSRandomAccessFile> file_;
  uint64_t at_ = 0;
};

}  // namespace

UnsyncedFileSystem::UnsyncedFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

void UnsyncedFileSystem::DropUnsynced() {
  Lock lock(mutex_);
  power_ = false;
  for (auto& [name, file] : files_) file->unsynced.clear();
}

void UnsyncedFileSystem::PowerOn() {
  Lock lock(mutex_);
  power_ = true;
  files_.clear();
}

uint64_t UnsyncedFileSystem::unsynced_bytes() const {
  Lock lock(mutex_);
  uint64_t bytes = 0;
  for (const auto& [name, file] : files_) bytes += file->unsynced.size();
  return bytes;
}

uint64_t UnsyncedFileSystem::syncs() const {
  Lock lock(mutex_);
  return syncs_;
}

uint64_t UnsyncedFileSystem::appended_bytes() const {
  Lock lock(mutex_);
  return appended_;
}

IOStatus UnsyncedFileSystem::CheckPower() const {
  return power_ ? IOStatus::OK() : IOStatus::IOError("the power is off");
}

std::shared_ptr<File> UnsyncedFileSystem::Find(const std::string& name) const {
  const auto it = files_.find(name);
  return it == files_.end() ? nullptr : it->second;
}

IOStatus UnsyncedFileSystem::NewSequentialFile(const std::string& name, const FileOptions& options,
                                               std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                               IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSRandomAccessFile> file;
  IOStatus status = NewRandomAccessFile(name, options, &file, debug);
  if (status.ok()) *result = std::make_unique<SequentialReader>(std::move(file));
  return status;
}

IOStatus UnsyncedFileSystem::NewRandomAccessFile(const std::string& name, const FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                                 IODebugContext* debug) {
  Lock lock(mutex_);
  IOStatus status = FileSystemWrapper::NewRandomAccessFile(name, options, result, debug);
  const std::shared_ptr<File> file = Find(name);
  if (status.ok() && file != nullptr) *result = std::make_unique<UnsyncedReader>(*this, file, std::move(*result));
  return status;
}

IOStatus UnsyncedFileSystem::NewWritableFile(const std::string& name, const FileOptions& options,
                                             std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  Lock lock(mutex_);
  if (IOStatus power = CheckPower(); !power.ok()) return power;
  IOStatus status = FileSystemWrapper::NewWritableFile(name, options, result, debug);
  if (!status.ok()) return status;
  const std::shared_ptr<File> file = files_[name] = std::make_shared<File>();
  *result = std::make_unique<UnsyncedWritableFile>(*this, file, std::move(*result));
  return status;
}

IOStatus UnsyncedFileSystem::ReopenWritableFile(const std::string& name, const FileOptions& options,
                                                std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                IODebugContext* debug) {
  Lock lock(mutex_);
  if (IOStatus power = CheckPower(); !power.ok()) return power;
  IOStatus status = FileSystemWrapper::ReopenWritableFile(name, options, result, debug);
  if (!status.ok()) return status;
  std::shared_ptr<File>& file = files_[name];
  if (file == nullptr) {
    file = std::make_shared<File>();
    status = FileSystemWrapper::GetFileSize(name, options.io_options, &file->durable, debug);
  }
  *result = std::make_unique<UnsyncedWritableFile>(*this, file, std::move(*result));
  return status;
}

IOStatus UnsyncedFileSystem::ReuseWritableFile(const std::string&, const std::string&, const FileOptions&,
                                               std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) {
  return IOStatus::NotSupported("reusing a file");
}

IOStatus UnsyncedFileSystem::DeleteFile(const std::string& name, const IOOptions& options, IODebugContext* debug) {
  Lock lock(mutex_);
  if (IOStatus power = CheckPower(); !power.ok()) return power;
  files_.erase(name);
  return FileSystemWrapper::DeleteFile(name, options, debug);
}

IOStatus UnsyncedFileSystem::Truncate(const std::string& name, size_t size, const IOOptions& options,
                                      IODebugContext* debug) {
  Lock lock(mutex_);
  if (IOStatus power = CheckPower(); !power.ok()) return power;
  const std::shared_ptr<File> file = Find(name);
  if (file == nullptr) return FileSystemWrapper::Truncate(name, size, options, debug);
  const bool keeps_durable = size >= file->durable;
  file->unsynced.resize(keeps_durable ? size - file->durable : 0);
  if (keeps_durable) return IOStatus::OK();
  file->durable = size;
  return FileSystemWrapper::Truncate(name, size, options, debug);
}

IOStatus UnsyncedFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                        IODebugContext* debug) {
  Lock lock(mutex_);
  if (IOStatus power = CheckPower(); !power.ok()) return power;
  IOStatus status = FileSystemWrapper::RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  files_.erase(to);
  if (auto node = files_.extract(from); !node.empty()) {
    node.key() = to;
    files_.insert(std::move(node));
  }
  return status;
}

IOStatus UnsyncedFileSystem::LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                                      IODebugContext* debug) {
  Lock lock(mutex_);
  if (IOStatus power = CheckPower(); !power.ok()) return power;
  IOStatus status = FileSystemWrapper::LinkFile(from, to, options, debug);
  if (const std::shared_ptr<File> file = Find(from); status.ok() && file != nullptr) files_[to] = file;
  return status;
}

IOStatus UnsyncedFileSystem::GetFileSize(const std::string& name, const IOOptions& options, uint64_t* size,
                                         IODebugContext* debug) {
  Lock lock(mutex_);
  IOStatus status = FileSystemWrapper::GetFileSize(name, options, size, debug);
  if (const std::shared_ptr<File> file = Find(name); status.ok() && file != nullptr) *size += file->unsynced.size();
  return status;
}

IOStatus UnsyncedFileSystem::GetChildrenFileAttributes(const std::string& directory, const IOOptions& options,
                                                       std::vector<rocksdb::Env::FileAttributes>* result,
                                                       IODebugContext* debug) {
  Lock lock(mutex_);
  IOStatus status = FileSystemWrapper::GetChildrenFileAttributes(directory, options, result, debug);
  if (!status.ok()) return status;
  for (rocksdb::Env::FileAttributes& child : *result) {
    if (const std::shared_ptr<File> file = Find(directory + "/" + child.name); file != nullptr) {
      child.size_bytes += file->unsynced.size();
    }
  }
  return status;
}

std::unique_ptr<rocksdb::Env> NewUnsyncedEnv(std::shared_ptr<UnsyncedFileSystem> files) {
  return rocksdb::NewCompositeEnv(std::move(files));
}

}  // namespace gi::engine
