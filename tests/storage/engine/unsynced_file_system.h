// A file system for RocksDB in tests, on which bytes that were appended and not yet synced are kept in this process
// only: kill the process, or call DropUnsynced, and they are lost, as they are when the power fails.
//
// Reads and file sizes show unsynced bytes, as a page cache does, also after the file was closed or renamed. Creating,
// renaming, deleting and truncating take effect at once: that a directory is synced is not tested. RocksDB's diagnostic
// log bypasses it.
#ifndef GI_TESTS_STORAGE_ENGINE_UNSYNCED_FILE_SYSTEM_H_
#define GI_TESTS_STORAGE_ENGINE_UNSYNCED_FILE_SYSTEM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace gi::engine {

// Thread-safe.
class UnsyncedFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  UnsyncedFileSystem();
  const char* Name() const override { return "UnsyncedFileSystem"; }

  // The power fails: unsynced bytes are gone, and everything that would change a file fails from now on. Destroy the
  // database, which can no longer write, then call PowerOn and open another.
  void DropUnsynced();
  void PowerOn();

  uint64_t unsynced_bytes() const;
  // Files synced so far, and bytes that were appended.
  uint64_t syncs() const;
  uint64_t appended_bytes() const;

  // What a file holds beyond its durable bytes. Guarded by the mutex of the file system.
  struct File {
    uint64_t durable = 0;
    std::string unsynced;
  };

  rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& name, const std::string& old_name,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Truncate(const std::string& name, size_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetFileSize(const std::string& name, const rocksdb::IOOptions& options, uint64_t* size,
                                rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetChildrenFileAttributes(const std::string& directory, const rocksdb::IOOptions& options,
                                              std::vector<rocksdb::Env::FileAttributes>* result,
                                              rocksdb::IODebugContext* debug) override;

 private:
  friend class UnsyncedWritableFile;
  friend class UnsyncedReader;

  // IOError if the power is off. The mutex must be held.
  rocksdb::IOStatus CheckPower() const;
  // The file of that name if it has, or may get, unsynced bytes; null otherwise. The mutex must be held.
  std::shared_ptr<File> Find(const std::string& name) const;

  mutable std::mutex mutex_;
  bool power_ = true;
  uint64_t syncs_ = 0;
  uint64_t appended_ = 0;
  // By name: files open for writing, and closed ones with unsynced bytes.
  std::map<std::string, std::shared_ptr<File>> files_;
};

// An environment on `files`.
std::unique_ptr<rocksdb::Env> NewUnsyncedEnv(
    std::shared_ptr<UnsyncedFileSystem> files = std::make_shared<UnsyncedFileSystem>());

}  // namespace gi::engine

#endif  // GI_TESTS_STORAGE_ENGINE_UNSYNCED_FILE_SYSTEM_H_
