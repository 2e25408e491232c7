#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>

#include "CLI/CLI.hpp"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/gictl/commands.h"
#include "client/gictl/export_rows.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/list.h"
#include "client/gictl/output_path.h"
#include "client/gictl/render.h"
#include "client/gictl/subcommand.h"
#include "storage/base/sha256.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int32_t kPageSize = 1000;

struct ExportFlags {
  ListFlags list;
  std::string path;
  std::string format;
  bool resume = false;
};

// How far an export has come: kept beside its file until that is complete. The page token holds the revision, so that
// pages fit together whatever is written meanwhile.
struct Progress {
  std::string token;
  int64_t rows = 0;
  uintmax_t bytes = 0;
};

// Rows go into FILE.part, which becomes FILE when it is complete; FILE.resume says how to go on. Pipes and devices get
// them at once.
class ExportFile {
 public:
  // `digest`: of what was asked for.
  ExportFile(const std::string& path, std::string digest)
      : direct_(!MayBeReplaced(path)),
        path_(direct_ ? path : ThroughLinks(path)),
        part_(direct_ ? path_ : path_ + ".part"),
        resume_(path_ + ".resume"),
        digest_(std::move(digest)) {}

  absl::Status Begin() {
    out_.open(part_, std::ios::binary | std::ios::trunc);
    return out_ ? absl::OkStatus() : CannotWrite(part_);
  }

  absl::StatusOr<Progress> Resume() {
    if (direct_)
      return UsageError({absl::StrCat(path_, " 不是普通文件，不能续导"),
                         absl::StrCat(path_, " is no file that an export can be gone on with")});
    const absl::StatusOr<std::string> text = ReadWholeFile(resume_);
    std::error_code error;
    Progress progress;
    uint64_t bytes = 0;
    const std::vector<std::string> lines = absl::StrSplit(text.value_or(""), '\n');
    const bool whole =
        lines.size() >= 4 && absl::SimpleAtoi(lines[1], &progress.rows) && absl::SimpleAtoi(lines[2], &bytes);
    if (!whole)
      return UsageError({absl::StrCat(path_, " 没有中断的导出：请去掉 --resume 重新导出"),
                         absl::StrCat("there is no interrupted export at ", path_, ": export without --resume")});
    if (lines[0] != digest_)
      return UsageError({absl::StrCat(resume_, " 属于条件或格式不同的导出"),
                         absl::StrCat(resume_, " is of an export with other filters or another format")});
    progress.bytes = bytes;
    progress.token = lines[3];
    const uintmax_t size = std::filesystem::file_size(part_, error);
    if (error || size < bytes)
      return UsageError({absl::StrCat(part_, " 已变短：请去掉 --resume 重新导出"),
                         absl::StrCat(part_, " is shorter than it was: export without --resume")});
    std::filesystem::resize_file(part_, bytes, error);
    out_.open(part_, std::ios::binary | std::ios::app);
    if (error || !out_) return CannotWrite(part_);
    return progress;
  }

  absl::Status Add(const std::string& text, Progress& progress) {
    out_.write(text.data(), static_cast<std::streamsize>(text.size()));
    out_.flush();
    progress.bytes += text.size();
    if (!out_) return CannotWrite(part_);
    if (progress.token.empty() || direct_) return absl::OkStatus();
    const std::string made = resume_ + ".new";
    RETURN_IF_ERROR(WriteWholeFile(
        made, absl::StrCat(digest_, "\n", progress.rows, "\n", progress.bytes, "\n", progress.token, "\n")));
    std::error_code error;
    std::filesystem::rename(made, resume_, error);
    return error ? CannotWrite(resume_) : absl::OkStatus();
  }

  absl::Status Finish() {
    out_.close();
    std::error_code error;
    if (out_ && !direct_) std::filesystem::rename(part_, path_, error);
    if (!out_ || error) return CannotWrite(path_);
    std::filesystem::remove(resume_, error);
    return absl::OkStatus();
  }

 private:
  const bool direct_;
  const std::string path_, part_, resume_, digest_;
  std::ofstream out_;
};

absl::StatusOr<std::string> FormatOf(const ExportFlags& flags) {
  if (!flags.format.empty()) return flags.format;
  const std::string extension = std::filesystem::path(flags.path).extension().string();
  if (extension == ".csv") return std::string("csv");
  if (extension == ".binpb" || extension == ".pb") return std::string("protobuf");
  if (flags.path.empty() || flags.path == "-" || extension == ".jsonl" || extension == ".ndjson") {
    return std::string("jsonl");
  }
  return UsageError(
      {absl::StrCat("由文件名“", flags.path, "”看不出格式：请以 .csv、.jsonl 或 .binpb 结尾，或加 --format"),
       absl::StrCat("the name ", flags.path,
                    " does not show a format: let it end in .csv, .jsonl or .binpb, or give --format")});
}

absl::StatusOr<int> RunExport(Session& session, const ExportFlags& given) {
  ExportFlags flags = given;
  ASSIGN_OR_RETURN(const ResourceKind* kind, KindNamed(flags.list.kind_of_resource));
  if (kind->singular == "survey_record" && flags.list.survey.empty() && flags.list.product.empty()) {
    return UsageError({"请用 --survey 指明普查，如 --survey surveys/2025（gictl list surveys 列出）",
                       "say of which campaign: --survey surveys/2025; gictl list surveys shows them"});
  }
  // All rows, unless a filter says otherwise.
  if (kind->singular == "product") flags.list.merged = true;
  ASSIGN_OR_RETURN(const std::string format, FormatOf(flags));
  ASSIGN_OR_RETURN(const std::unique_ptr<RowWriter> writer, MakeRowWriter(*kind, format));
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request, MakeListRequest(session, *kind, flags.list));
  request->GetReflection()->SetInt32(request.get(), FindField(*request, "page_size"), kPageSize);
  const bool to_file = !flags.path.empty() && flags.path != "-";
  ExportFile file(flags.path, absl::StrCat(kind->collection, " ", format, " ",
                                           absl::BytesToHexString(Sha256({CanonicalBytes(*request)}))));
  Progress progress;
  bool first = true;
  if (flags.resume) {
    if (!to_file) return UsageError({"--resume 须指定文件", "--resume needs a FILE"});
    ASSIGN_OR_RETURN(progress, file.Resume());
    first = false;
  } else if (to_file) {
    RETURN_IF_ERROR(file.Begin());
  }
  const std::unique_ptr<Message> response = NewMessage(*kind->list_response);
  const FieldDescriptor* rows = FindField(*response, kind->collection);
  do {
    RETURN_IF_ERROR(SetText(*request, "page_token", "--resume", progress.token));
    response->Clear();
    const absl::Status status = session.Call(kind->Method("List"), *request, *response);
    if (!status.ok() && to_file && !progress.token.empty()) {
      session.err << session.Say("已导出的部分保留；请以相同参数加 --resume 继续\n",
                                 "what was exported stays; go on with the same command and --resume\n");
    }
    RETURN_IF_ERROR(status);
    std::string text = first ? writer->Head() : "";
    first = false;
    const int count = response->GetReflection()->FieldSize(*response, rows);
    for (int i = 0; i < count; ++i) {
      const auto row = CreateRequestOf(*kind, response->GetReflection()->GetRepeatedMessage(*response, rows, i));
      text += writer->Row(++progress.rows, *row);
    }
    progress.token = GetString(*response, "next_page_token");
    if (to_file) {
      RETURN_IF_ERROR(file.Add(text, progress));
    } else if (!session.out.write(text.data(), static_cast<std::streamsize>(text.size())).flush()) {
      return CannotWriteOutput();
    }
  } while (!progress.token.empty());
  if (to_file) RETURN_IF_ERROR(file.Finish());
  session.err << session.Say("已导出 ", "exported ") << progress.rows << session.Say(" 条；", " rows; ")
              << FormatReadPoint(ReadPointOf(*response), session.language) << "\n";
  return kSuccess;
}

}  // namespace

void AddExportCommand(CLI::App& app, Command& command) {
  auto [sub, flags] = AddSubcommand<ExportFlags>(
      app, command, "export", "Write the rows of a kind, at one revision, in a form that import takes back", RunExport);
  sub->add_option("KIND", flags->list.kind_of_resource, "As for list")->required();
  sub->add_option("FILE", flags->path, "Default: standard output");
  sub->add_option("--format", flags->format,
                  "csv, jsonl or protobuf (default: by the file's name; jsonl on standard output)");
  sub->add_flag("--resume", flags->resume, "Go on with an interrupted export to the same file");
  AddFilterFlags(*sub, flags->list);
}

}  // namespace gi::client::gictl
