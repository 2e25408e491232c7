#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/loader.h"
#include "client/gictl/table.h"
#include "google/protobuf/struct.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

// Longer lists of findings are cut in text; JSON has all.
constexpr size_t kMaxShown = 20;

struct LoadFlags {
  std::vector<std::string> paths;
  LoadOptions options;
};

struct OutcomeWords {
  Outcome outcome;
  const char* key;  // in JSON
  const char* chinese;
  const char* english;
};
constexpr OutcomeWords kWords[kOutcomes] = {
    {Outcome::kCreated, "created", "新建", "created"},
    {Outcome::kUnchanged, "unchanged", "未变", "unchanged"},
    {Outcome::kCorrected, "corrected", "已更正", "corrected"},
    {Outcome::kDifferent, "different", "不同", "different"},
    {Outcome::kFailed, "failed", "失败", "failed"},
    {Outcome::kNotTried, "notTried", "未执行", "not tried"},
};

struct LoadFileName {
  const ResourceKind* kind;
  std::string path;
};

// The kind whose name the file's name begins with; nullptr if there is none.
const ResourceKind* KindOfFile(const std::filesystem::path& path) {
  for (const ResourceKind& kind : AllKinds()) {
    const bool loads = kind.correct_request != nullptr;
    if (loads && absl::StartsWith(path.filename().string(), kind.collection)) return &kind;
  }
  return nullptr;
}

absl::Status AddDirectory(const std::string& path, std::vector<LoadFileName>& files) {
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const ResourceKind* kind = KindOfFile(entry->path());
    if (kind != nullptr && entry->path().extension() == ".jsonl") files.push_back({kind, entry->path().string()});
  }
  return error ? UsageError(absl::StrCat("cannot read ", path, ": ", error.message())) : absl::OkStatus();
}

// In the order of loading: by kind, then by path.
absl::StatusOr<std::vector<LoadFileName>> FindFiles(const std::vector<std::string>& paths) {
  std::vector<LoadFileName> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
      RETURN_IF_ERROR(AddDirectory(path, files));
    } else if (const ResourceKind* kind = KindOfFile(path)) {
      files.push_back({kind, path});
    } else {
      return UsageError(absl::StrCat("the name of ", path,
                                     " does not begin with a kind of resource, as divisions, entities or "
                                     "survey_records"));
    }
  }
  if (files.empty()) return UsageError("there is no *.jsonl file to load");
  // The kinds stand in one array, in the order of loading.
  std::sort(files.begin(), files.end(), [](const LoadFileName& a, const LoadFileName& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.path < b.path;
  });
  return files;
}

absl::StatusOr<FileReport> LoadOne(const Session& session, const LoadFileName& file, const LoadOptions& options) {
  std::ifstream lines(file.path, std::ios::binary);
  if (!lines) return UsageError(absl::StrCat("cannot read ", file.path));
  const auto progress = [&](int64_t done) {
    if (session.terminal) session.err << "\r" << file.path << ": " << done << std::flush;
  };
  FileReport report = LoadFile(session, *file.kind, options, file.path, lines, progress);
  if (session.terminal) session.err << "\r\x1b[K" << std::flush;
  return report;
}

void PrintSummary(const Session& session, const std::vector<FileReport>& reports) {
  Table table;
  std::vector<std::string> head = {session.flags.dry_run ? session.Say("文件（试运行）", "file (dry run)")
                                                         : session.Say("文件", "file")};
  for (const OutcomeWords& words : kWords) head.push_back(session.Say(words.chinese, words.english));
  table.AddRow(head);
  for (const FileReport& report : reports) {
    std::vector<std::string> row = {report.path};
    for (const OutcomeWords& words : kWords) row.push_back(absl::StrCat(report.count(words.outcome)));
    table.AddRow(row);
  }
  table.Print(session.out);
}

void PrintFindings(const Session& session, const FileReport& report) {
  for (size_t i = 0; i < std::min(report.findings.size(), kMaxShown); ++i) {
    const Finding& finding = report.findings[i];
    const OutcomeWords& words = kWords[static_cast<int>(finding.outcome)];
    session.out << report.path << ":" << finding.line << ": " << session.Say(words.chinese, words.english);
    if (!finding.name.empty()) session.out << " " << finding.name;
    session.out << ": " << absl::StrJoin(finding.details, "\n    ") << "\n";
  }
  if (report.findings.size() > kMaxShown) {
    session.out << report.path << ": " << session.Say("另有 ", "and ") << report.findings.size() - kMaxShown
                << session.Say(" 行（--output=json 列出全部）", " more lines (--output=json lists all)") << "\n";
  }
}

void PrintJson(const Session& session, const std::vector<FileReport>& reports) {
  google::protobuf::Struct root;
  auto& files = *(*root.mutable_fields())["files"].mutable_list_value();
  for (const FileReport& report : reports) {
    auto& file = *files.add_values()->mutable_struct_value()->mutable_fields();
    file["path"].set_string_value(report.path);
    for (const OutcomeWords& words : kWords) {
      file[words.key].set_number_value(static_cast<double>(report.count(words.outcome)));
    }
    auto& findings = *file["findings"].mutable_list_value();
    for (const Finding& finding : report.findings) {
      auto& entry = *findings.add_values()->mutable_struct_value()->mutable_fields();
      entry["line"].set_number_value(static_cast<double>(finding.line));
      entry["outcome"].set_string_value(kWords[static_cast<int>(finding.outcome)].key);
      entry["name"].set_string_value(finding.name);
      for (const std::string& detail : finding.details) {
        entry["details"].mutable_list_value()->add_values()->set_string_value(detail);
      }
    }
  }
  session.out << ToJson(root);
}

absl::StatusOr<int> RunLoad(const Session& session, const LoadFlags& flags) {
  ASSIGN_OR_RETURN(const std::vector<LoadFileName> files, FindFiles(flags.paths));
  std::vector<FileReport> reports;
  int exit_code = kSuccess;
  for (const LoadFileName& file : files) {
    ASSIGN_OR_RETURN(FileReport report, LoadOne(session, file, flags.options));
    if (report.count(Outcome::kFailed) > 0) exit_code = std::max(exit_code, kRefused);
    if (report.count(Outcome::kNotTried) > 0) exit_code = kServerFailed;
    reports.push_back(std::move(report));
    if (exit_code == kServerFailed) break;
  }
  if (session.json()) {
    PrintJson(session, reports);
    return exit_code;
  }
  PrintSummary(session, reports);
  for (const FileReport& report : reports) PrintFindings(session, report);
  return exit_code;
}

}  // namespace

void AddLoadCommand(CLI::App& app, Command& command) {
  auto flags = std::make_shared<LoadFlags>();
  CLI::App* sub = app.add_subcommand("load",
                                     "Load JSON Lines files (divisions*.jsonl, entities*.jsonl, … , lawbooks*.jsonl, "
                                     "applications*.jsonl, targets*.jsonl); loading again is harmless");
  sub->add_option("PATH", flags->paths, "Files, or directories of them")->required();
  sub->add_flag("--update", flags->options.update, "Correct rows that exist with other content");
  sub->add_option("--parallel", flags->options.parallel, "Requests in flight")->check(CLI::Range(1, 256));
  sub->callback([flags, &command] { command = [flags](Session& session) { return RunLoad(session, *flags); }; });
}

}  // namespace gi::client::gictl
