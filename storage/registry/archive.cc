#include "storage/registry/archive.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "google/protobuf/util/delimited_message_util.h"
#include "storage/base/error.h"
#include "storage/base/leaf.h"
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

// Fields of another program have no meaning here, and nothing vouches for them.
bool HasOnlyKnownFields(const google::protobuf::Message& message) {
  const std::unique_ptr<google::protobuf::Message> known(message.New());
  known->CopyFrom(message);
  known->DiscardUnknownFields();
  return known->ByteSizeLong() == message.ByteSizeLong();
}

// Whether all of the commit is either covered by its leaves or follows from what they cover: nothing that is not known,
// no salts beside a seed, none of units that are not there, no unit both erased and disclosed.
absl::Status CheckCovered(const storage::v1::Commit& commit) {
  if (!HasOnlyKnownFields(commit)) return Invalid("a commit has fields that are not known to this program");
  for (const storage::v1::LogEntry& entry : commit.entries()) {
    ASSIGN_OR_RETURN(const std::vector<FieldUnit> fields, SplitFields(entry.row()));
    absl::flat_hash_set<uint32_t> disclosed = {kKeyUnit, kActorUnit, kReasonUnit, kCallUnit};
    for (const FieldUnit& field : fields) disclosed.insert(field.number);
    bool fits = entry.seed().empty()
                    ? static_cast<size_t>(entry.salts_size()) == disclosed.size()
                    : entry.seed().size() == kSeedBytes && entry.salts().empty() && entry.erased().empty();
    for (const storage::v1::ErasedUnit& erased : entry.erased()) fits &= !disclosed.contains(erased.unit());
    for (const storage::v1::UnitSalt& salt : entry.salts()) {
      fits &= salt.salt().size() == kSaltBytes && disclosed.erase(salt.unit()) == 1;
    }
    if (!fits) return Invalid("the salts of a commit are not those of its entries");
  }
  return absl::OkStatus();
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
    if (!HasOnlyKnownFields(record)) return Invalid("it has fields that are not known to this program");
    if (!begun_ && !record.has_header()) return Invalid("it does not begin as an archive does");
    if (record.has_header()) {
      if (std::exchange(begun_, true)) return Invalid("it has two headers");
      header_ = record.header();
      if (header_.format() == kArchiveFormat) return absl::OkStatus();
      return Invalid(absl::StrCat("format ", header_.format(), " is not known to this program"));
    }
    if (record.has_commit()) return TakeCommit(record.commit());
    if (!record.has_end()) return Invalid("it has a record of no known kind");
    ended_ = true;
    const bool same =
        static_cast<uint64_t>(record.end().entries()) == tree_.size() && record.end().root() == tree_.Root();
    return same ? CheckHeader() : Invalid("its root is not that of its entries");
  }

  // Against the commits, which the root covers.
  absl::Status CheckHeader() const {
    const std::string& id = header_.history_id();
    if (id.size() != 32 || !absl::c_all_of(id, absl::ascii_isxdigit)) return Invalid("its header names no history");
    if (static_cast<uint64_t>(header_.revision()) != head_.value) {
      return Invalid(absl::StrCat("its header says revision ", header_.revision(), " and it ends at ", head_.value));
    }
    int64_t time_us = 0;
    if (head_ != Revision{}) {
      ASSIGN_OR_RETURN(const storage::v1::Commit last, UnpackCommit(last_));
      time_us = last.header().commit_time_us();
    }
    const auto& time = header_.commit_time();
    const bool same = time.seconds() == time_us / 1'000'000 && time.nanos() == time_us % 1'000'000 * 1000;
    return same ? absl::OkStatus() : Invalid("the time in its header is not that of its last commit");
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
    ASSIGN_OR_RETURN(const storage::v1::Commit commit, UnpackCommit(packed));
    if (PackCommit(commit, packed.end).payload != packed.payload) {
      return Invalid(absl::StrCat("the commit at revision ", given.revision(), " is not as a server writes it"));
    }
    RETURN_IF_ERROR(CheckCovered(commit));
    for (const std::string& hash : made->leaf_hashes()) tree_.Add(hash);
    head_ = packed.end;
    ++report_.commits;
    report_.entries = tree_.size();
    bytes_ += packed.payload.size();
    last_ = packed;
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
  v1::ArchiveHeader header_;
  Revision head_, appended_;
  engine::LogCommit last_{};
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
