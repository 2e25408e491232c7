#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/output_path.h"
#include "client/gictl/render.h"
#include "client/gictl/subcommand.h"
#include "gi/registry/v1/archive.pb.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "google/protobuf/util/delimited_message_util.h"
#include "storage/base/merkle.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

struct ArchiveFlags {
  std::string path;
  bool resume = false;
};

// The archive that is being written: FILE.part, which becomes FILE when it is complete.
class ArchiveFile {
 public:
  explicit ArchiveFile(const std::string& path) : path_(ThroughLinks(path)), part_(path_ + ".part") {}

  absl::Status Begin() {
    if (!MayBeReplaced(path_))
      return UsageError({absl::StrCat(path_, " 不是普通文件，不能存档"),
                         absl::StrCat(path_, " is no file that an archive can be written to")});
    out_.open(part_, std::ios::binary | std::ios::trunc);
    return out_ ? absl::OkStatus() : Unwritable();
  }

  // Reads the whole records that an interrupted run has left, and goes on after them.
  absl::Status Resume() {
    int64_t whole = 0;
    {
      std::ifstream in(part_, std::ios::binary);
      if (!in)
        return UsageError({absl::StrCat(path_, " 没有中断的存档：请去掉 --resume"),
                           absl::StrCat("there is no interrupted archive at ", path_, ": begin without --resume")});
      google::protobuf::io::IstreamInputStream stream(&in);
      v1::ArchiveRecord record;
      bool at_end = false;
      while (google::protobuf::util::ParseDelimitedFromZeroCopyStream(&record, &stream, &at_end)) {
        whole = stream.ByteCount();
        if (record.has_header()) header_ = record.header();
        Count(record.commit());
        record.Clear();
      }
    }
    std::error_code error;
    std::filesystem::resize_file(part_, static_cast<uintmax_t>(whole), error);
    out_.open(part_, std::ios::binary | std::ios::app);
    return error || !out_ ? Unwritable() : absl::OkStatus();
  }

  absl::Status Add(const v1::ReadArchiveResponse& response) {
    v1::ArchiveRecord record;
    if (header_.format() == 0) {
      header_ = *record.mutable_header() = response.header();
      RETURN_IF_ERROR(Write(record));
    }
    for (const v1::ArchiveCommit& commit : response.commits()) {
      *record.mutable_commit() = commit;
      Count(commit);
      RETURN_IF_ERROR(Write(record));
    }
    out_.flush();
    return out_ ? absl::OkStatus() : Unwritable();
  }

  absl::Status Finish() {
    v1::ArchiveRecord record;
    record.mutable_end()->set_entries(static_cast<int64_t>(tree_.size()));
    record.mutable_end()->set_root(tree_.Root());
    RETURN_IF_ERROR(Write(record));
    out_.close();
    std::error_code error;
    std::filesystem::rename(part_, path_, error);
    return error || !out_ ? Unwritable() : absl::OkStatus();
  }

  const v1::ArchiveHeader& header() const { return header_; }
  const MerkleTree& tree() const { return tree_; }
  // Of the last commit in it.
  int64_t revision() const { return revision_; }

 private:
  void Count(const v1::ArchiveCommit& commit) {
    if (commit.revision() > 0) revision_ = commit.revision();
    for (const std::string& hash : commit.leaf_hashes()) tree_.Add(hash);
  }
  absl::Status Write(const v1::ArchiveRecord& record) {
    return google::protobuf::util::SerializeDelimitedToOstream(record, &out_) ? absl::OkStatus() : Unwritable();
  }
  absl::Status Unwritable() const { return CannotWrite(part_); }

  const std::string path_, part_;
  std::ofstream out_;
  v1::ArchiveHeader header_;
  MerkleTree tree_;
  int64_t revision_ = 0;
};

absl::StatusOr<int> RunArchive(const Session& session, const ArchiveFlags& flags) {
  ArchiveFile file(flags.path);
  RETURN_IF_ERROR(flags.resume ? file.Resume() : file.Begin());
  v1::ReadArchiveRequest request;
  v1::ReadArchiveResponse response;
  request.set_until_revision(file.header().revision());
  do {
    request.set_after_revision(file.revision());
    response.Clear();
    const absl::Status status = session.Call("gi.registry.v1.ArchiveService/ReadArchive", request, response);
    if (!status.ok() && file.revision() > 0) {
      session.err << session.Say("已写入的部分保留；请以相同参数加 --resume 继续\n",
                                 "what was written stays; go on with the same command and --resume\n");
    }
    RETURN_IF_ERROR(status);
    if (file.header().format() != 0 && file.header().history_id() != response.header().history_id()) {
      return UsageError({absl::StrCat(flags.path, ".part 属于另一登记簿：请去掉 --resume"),
                         absl::StrCat(flags.path, ".part is of another register: begin without --resume")});
    }
    request.set_until_revision(response.header().revision());
    RETURN_IF_ERROR(file.Add(response));
  } while (response.commits_size() > 0);
  RETURN_IF_ERROR(file.Finish());
  session.out << session.Say("已存档 ", "archived ") << file.tree().size()
              << session.Say(" 项，版本 ", " entries up to revision ") << file.header().revision()
              << session.Say("，根 ", ", root ") << absl::BytesToHexString(file.tree().Root()) << "\n";
  return kSuccess;
}

}  // namespace

void AddArchiveCommand(CLI::App& app, Command& command) {
  auto [sub, flags] = AddSubcommand<ArchiveFlags>(
      app, command, "backup", "Write the whole register, with all its history, into an archive that a server restores",
      RunArchive);
  sub->add_option("FILE", flags->path, "The archive")->required();
  sub->add_flag("--resume", flags->resume, "Go on with an interrupted one");
}

}  // namespace gi::client::gictl
