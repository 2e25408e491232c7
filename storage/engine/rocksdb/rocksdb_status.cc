#include "storage/engine/rocksdb/rocksdb_status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/error.h"

namespace gi::engine {
namespace {

using rocksdb::Status;

// A release of RocksDB with further codes has to be looked at here.
static_assert(Status::kMaxCode == 16);

std::string IoDetail(const Status& status) {
  switch (status.subcode()) {
    case Status::kNoSpace:
    case Status::kSpaceLimit:
      return absl::StrCat("the device is full: ", status.ToString());
    case Status::kPathNotFound:
      return absl::StrCat("a file is missing: ", status.ToString());
    default:
      return status.ToString();
  }
}

}  // namespace

absl::Status ToStatus(const Status& status) {
  switch (status.code()) {
    case Status::kOk:
      return absl::OkStatus();
    case Status::kIOError:
      return MakeError(registry::v1::ERROR_REASON_STORE_IO, {{"detail", IoDetail(status)}});
    case Status::kCorruption:
      return MakeError(registry::v1::ERROR_REASON_DATA_CORRUPT, {{"detail", status.ToString()}});
    case Status::kShutdownInProgress:
      return MakeError(registry::v1::ERROR_REASON_STORE_CLOSED);
    case Status::kNotFound:
    case Status::kNotSupported:
    case Status::kInvalidArgument:
    case Status::kMergeInProgress:
    case Status::kIncomplete:
    case Status::kTimedOut:
    case Status::kAborted:
    case Status::kBusy:
    case Status::kExpired:
    case Status::kTryAgain:
    case Status::kCompactionTooLarge:
    case Status::kColumnFamilyDropped:
    case Status::kMaxCode:
      break;
  }
  return MakeError(registry::v1::ERROR_REASON_INTERNAL, {{"detail", status.ToString()}});
}

}  // namespace gi::engine
