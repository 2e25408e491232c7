#include "storage/registry/archive.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "google/protobuf/util/delimited_message_util.h"
#include "storage/base/error.h"
#include "storage/base/merkle.h"
#include "storage/base/status_macros.h"
#include "storage/registry/apply.h"

namespace gi::registry {
namespace {

constexpr int kArchiveFormat = 1;
constexpr size_t kBytesAtOnce = 8 << 20;

absl::Status Invalid(const std::string& detail) {
  return MakeError(ErrorReason::ERROR_REASON_ARCHIVE_INVALID, {{"detail", detail}});
}

class Restore {
 public:
  explicit Restore(engine::Engine& engine) : engine_(engine) {}

  absl::StatusOr<RestoreReport> All(std::istream& in) {
    google::protobuf::io::IstreamInputStream stream(&in);
    v1::ArchiveRecord record;
    bool at_end = false;
    while (google::protobuf::util::ParseDelimitedFromZeroCopyStream(&record, &stream, &at_end)) {
      if (ended_) return Invalid("something follows its end");
      RETURN_IF_ERROR(Take(record));
      record.Clear();
    }
    if (!at_end) return Invalid(absl::StrCat("it cannot be read after revision ", head_.value));
    if (!ended_) return Invalid(absl::StrCat("it was cut short after revision ", head_.value));
    RETURN_IF_ERROR(Append());
    RETURN_IF_ERROR(engine_.log().StartNewHistory());
    report_.root = tree_.Root();
    return report_;
  }

 private:
  absl::Status Take(const v1::ArchiveRecord& record) {
    if (!begun_ && !record.has_header()) return Invalid("it does not begin as an archive does");
    if (record.has_header()) {
      if (std::exchange(begun_, true)) return Invalid("it has two headers");
      if (record.header().format() == kArchiveFormat) return absl::OkStatus();
      return Invalid(absl::StrCat("format ", record.header().format(), " is not known to this program"));
    }
    if (record.has_commit()) return TakeCommit(record.commit());
    if (!record.has_end()) return Invalid("it has a record of no known kind");
    ended_ = true;
    const bool same =
        static_cast<uint64_t>(record.end().entries()) == tree_.size() && record.end().root() == tree_.Root();
    return same ? absl::OkStatus() : Invalid("its root is not that of its entries");
  }

  absl::Status TakeCommit(const v1::ArchiveCommit& given) {
    engine::LogCommit packed{Revision{static_cast<uint64_t>(given.revision())}, 0, given.commit()};
    packed.entries = packed.end.value - head_.value;
    if (packed.end <= head_) return Invalid(absl::StrCat("revision ", given.revision(), " is out of order"));
    const absl::StatusOr<v1::ArchiveCommit> made = ArchiveCommitOf(packed);
    if (!made.ok()) return Invalid(std::string(made.status().message()));
    if (made->SerializeAsString() != given.SerializeAsString()) {
      return Invalid(absl::StrCat("the commit at revision ", given.revision(), " was changed"));
    }
    for (const std::string& hash : made->leaf_hashes()) tree_.Add(hash);
    head_ = packed.end;
    ++report_.commits;
    report_.entries = tree_.size();
    bytes_ += packed.payload.size();
    waiting_.push_back(std::move(packed));
    return bytes_ < kBytesAtOnce ? absl::OkStatus() : Append();
  }

  absl::Status Append() {
    if (waiting_.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(engine_.log().Append(appended_, waiting_));
    appended_ = head_;
    waiting_.clear();
    bytes_ = 0;
    return absl::OkStatus();
  }

  engine::Engine& engine_;
  MerkleTree tree_;
  RestoreReport report_;
  bool begun_ = false, ended_ = false;
  Revision head_, appended_;
  std::vector<engine::LogCommit> waiting_;
  size_t bytes_ = 0;
};

}  // namespace

absl::StatusOr<v1::ArchiveCommit> ArchiveCommitOf(const engine::LogCommit& packed) {
  ASSIGN_OR_RETURN(const storage::v1::Commit commit, UnpackCommit(packed));
  v1::ArchiveCommit made;
  made.set_revision(static_cast<int64_t>(packed.end.value));
  made.set_commit(packed.payload);
  for (int i = 0; i < commit.entries_size(); ++i) {
    ASSIGN_OR_RETURN(const std::string leaf, EncodeEntryLeaf(commit, i, packed.end));
    made.add_leaf_hashes(MerkleLeafHash(leaf));
  }
  return made;
}

absl::StatusOr<RestoreReport> RestoreArchive(std::istream& in, engine::Engine& engine) {
  return Restore(engine).All(in);
}

}  // namespace gi::registry
