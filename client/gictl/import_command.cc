#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/gictl/commands.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/import_run.h"
#include "client/gictl/template_workbook.h"
#include "client/sheet/mapping.h"
#include "storage/base/csv_line.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

absl::StatusOr<v1::ImportKind> KindCalled(const std::string& word) {
  std::vector<std::string> words;
  const google::protobuf::EnumDescriptor& kinds = *v1::ImportKind_descriptor();
  for (int i = 1; i < kinds.value_count(); ++i) {
    words.push_back(absl::AsciiStrToLower(ShortName(*kinds.value(i))));
    if (words.back() == word) return static_cast<v1::ImportKind>(kinds.value(i)->number());
  }
  return UsageError({absl::StrCat("“", word, "”不是可导入的种类：", absl::StrJoin(words, "、")),
                     absl::StrCat("\"", word, "\" is none of ", absl::StrJoin(words, ", "))});
}

struct ImportFlags {
  std::string kind;
  std::string on_existing = "update";
  ImportOptions options;
};

absl::StatusOr<int> RunImportCommand(const Session& session, ImportFlags flags) {
  ASSIGN_OR_RETURN(flags.options.file.kind, KindCalled(flags.kind));
  flags.options.on_existing = flags.on_existing == "fail"   ? v1::ON_EXISTING_FAIL
                              : flags.on_existing == "skip" ? v1::ON_EXISTING_SKIP
                                                            : v1::ON_EXISTING_UPDATE;
  const absl::StatusOr<ImportReport> report = RunImport(session, flags.options);
  RETURN_IF_ERROR(report.status());
  if (session.json()) {
    session.out << ImportJson(*report);
  } else {
    PrintImport(session, *report);
  }
  const bool nothing = report->counts.read() == 0 && !report->mapping.empty();
  if (nothing || !report->unreadable.empty()) return kUsageError;
  return report->counts.rejected() > 0 ? kRefused : kSuccess;
}

absl::StatusOr<int> PrintTemplate(const Session& session, const std::string& kind_word, const std::string& path) {
  ASSIGN_OR_RETURN(const v1::ImportKind kind, KindCalled(kind_word));
  const absl::StatusOr<mapping::v1::Mapping> mapping = sheet::ShippedMapping(kind);
  if (!mapping.ok()) return UsageError(mapping.status().message());
  if (absl::EndsWith(path, ".xlsx")) {
    RETURN_IF_ERROR(WriteTemplateWorkbook(*mapping, path));
    return kSuccess;
  }
  if (absl::EndsWith(path, ".ods") || absl::EndsWith(path, ".xls")) {
    return UsageError({"模板的文件名应以 .xlsx 或 .csv 结尾", "a template is a file that ends in .xlsx or .csv"});
  }
  std::vector<std::string> heads, notes;
  for (const mapping::v1::Column& column : mapping->columns()) {
    if (!column.range().empty() || column.not_in_templates()) continue;
    heads.push_back(column.headers(0));
    notes.push_back(TemplateNote(column));
  }
  // The notes stand above the head, where an import passes them over.
  notes.front() = absl::StrCat("说明：", notes.front());
  const std::string content = absl::StrCat("\xEF\xBB\xBF", CsvLine(notes, "\r\n"), CsvLine(heads, "\r\n"));
  if (path.empty() || path == "-") {
    session.out << content;
    return kSuccess;
  }
  RETURN_IF_ERROR(WriteWholeFile(path, content));
  return kSuccess;
}

}  // namespace

void AddImportCommands(CLI::App& app, Command& command) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* sub = app.add_subcommand("import",
                                     "Import a table (workbook, CSV or tab-separated text), JSON Lines or protobuf; "
                                     "importing it again changes nothing");
  sub->add_option("KIND", flags->kind, "divisions, entities, indications, authorizations, products, survey_records, …")
      ->required();
  sub->add_option("FILE", flags->options.file.path, "The file")->required();
  sub->add_option("--on-existing", flags->on_existing, "What to do with rows that the register has otherwise")
      ->check(CLI::IsMember({"fail", "skip", "update"}))
      ->capture_default_str();
  sub->add_option("--mapping", flags->options.file.mapping_path, "A mapping of columns of your own");
  sub->add_option("--sheet", flags->options.file.sheet, "Of a workbook (default: the only one with such a table)");
  sub->add_option("--format", flags->options.file.format, "Default: by what is in the file")
      ->check(CLI::IsMember({"csv", "workbook", "jsonl", "protobuf"}));
  sub->add_option("--rejects", flags->options.file.reject_path,
                  "Where to write rejected rows (default: beside the file)");
  sub->add_option("--max-errors", flags->options.max_errors, "Stop after so many rejected rows")
      ->check([](const std::string& text) {
        int64_t number = 0;
        return absl::SimpleAtoi(text, &number) && number > 0 ? "" : "must be a whole number from 1 on";
      });
  sub->add_flag("--resume", flags->options.resume, "Go on with an interrupted import of the same file");
  sub->callback(
      [flags, &command] { command = [flags](Session& session) { return RunImportCommand(session, *flags); }; });

  auto kind = std::make_shared<std::string>();
  auto path = std::make_shared<std::string>();
  CLI::App* form = app.add_subcommand("template", "Write an empty table with the columns of a kind of rows");
  form->add_option("KIND", *kind, "As for import")->required();
  form->add_option("FILE", *path, "CSV, or a workbook if it ends in .xlsx (default: standard output)");
  form->callback([kind, path, &command] {
    command = [kind, path](Session& session) { return PrintTemplate(session, *kind, *path); };
  });
}

}  // namespace gi::client::gictl
