#include "client/gictl/import_report.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/gictl/fields.h"
#include "client/gictl/table.h"
#include "google/protobuf/struct.pb.h"

namespace gi::client::gictl {
namespace {

using registry::v1::ImportCounts;

// Longer lists are cut in text; JSON and the reject file have all.
constexpr size_t kMostShown = 20;
constexpr size_t kLinesShown = 10;

const std::string& In(const Session& session, const sheet::Words& words) {
  return session.language == Language::kChinese ? words.chinese : words.english;
}

std::string LineOf(const Session& session, const ImportNote& note) {
  std::string text =
      session.language == Language::kChinese ? absl::StrCat("第 ", note.line, " 行") : absl::StrCat("line ", note.line);
  if (!note.column.empty()) absl::StrAppend(&text, " ", absl::StrReplaceAll(note.column, {{"\n", " "}}));
  return absl::StrCat(text, session.Say("：", ": "), In(session, note.what));
}

void PrintPassedOver(const Session& session, const std::vector<sheet::PassedOver>& passed) {
  if (passed.empty()) return;
  std::vector<std::string> lines;
  for (const sheet::PassedOver& one : passed) {
    if (lines.size() == kLinesShown) {
      lines.push_back("…");
      break;
    }
    lines.push_back(absl::StrCat(one.line, session.Say("（", " ("), In(session, one.why), session.Say("）", ")")));
  }
  session.out << session.Say("未作为数据的行：", "rows that are no data: ")
              << absl::StrJoin(lines, session.Say("、", ", ")) << "\n";
}

google::protobuf::Value Text(const std::string& text) {
  google::protobuf::Value value;
  value.set_string_value(text);
  return value;
}
google::protobuf::Value Number(int64_t number) {
  google::protobuf::Value value;
  value.set_number_value(static_cast<double>(number));
  return value;
}

}  // namespace

void ImportReport::AddNote(ImportNote note) {
  if (notes.size() < kMostNotes) {
    notes.push_back(std::move(note));
  } else {
    ++more_notes;
  }
}

void PrintImport(const Session& session, const ImportReport& report) {
  const ImportCounts& counts = report.counts;
  if (!report.import_name.empty()) session.out << report.import_name << "\n";
  if (report.trial) session.out << session.Say("试运行，未作更改", "a trial: nothing was changed") << "\n";
  session.out << session.Say("读作 ", "read as ") << report.encoding;
  if (!report.mapping.empty()) session.out << session.Say("，对应关系 ", ", mapping ") << report.mapping;
  session.out << "\n";
  Table table;
  table.AddRow({session.Say("读取", "read"), session.Say("新建", "created"), session.Say("更正", "changed"),
                session.Say("未变", "same"), session.Say("跳过", "skipped"), session.Say("拒绝", "rejected"),
                session.Say("提示", "warnings")});
  std::vector<std::string> numbers;
  for (const int64_t number : {counts.read(), counts.created(), counts.changed(), counts.same(), counts.skipped(),
                               counts.rejected(), counts.warnings()}) {
    numbers.push_back(absl::StrCat(number));
  }
  table.AddRow(numbers);
  table.Print(session.out);
  if (!report.unknown_columns.empty()) {
    std::vector<std::string> columns = report.unknown_columns;
    if (columns.size() > kLinesShown) {
      columns.resize(kLinesShown);
      columns.push_back(absl::StrCat(session.Say("… 共 ", "… of "), report.unknown_columns.size()));
    }
    session.out << session.Say("未使用的列：", "columns not used: ")
                << absl::StrReplaceAll(absl::StrJoin(columns, session.Say("、", ", ")), {{"\n", " "}}) << "\n";
  }
  PrintPassedOver(session, report.passed_over);
  for (size_t i = 0; i < std::min(report.notes.size(), kMostShown); ++i) {
    session.out << LineOf(session, report.notes[i]) << "\n";
  }
  const int64_t more = static_cast<int64_t>(report.notes.size()) - static_cast<int64_t>(kMostShown) + report.more_notes;
  if (more > 0) {
    session.out << session.Say("另有 ", "and ") << more
                << session.Say(" 处（--output=json 列出全部）", " more (--output=json lists all)") << "\n";
  }
  if (report.counts.read() == 0 && !report.mapping.empty()) {
    session.out << session.Say("没有数据行", "no rows of data") << "\n";
  }
  if (!report.unreadable.empty()) {
    session.out << session.Say("未读完：", "not read to its end: ") << In(session, report.unreadable) << "\n";
  }
  if (report.stopped) {
    session.out << session.Say("错误过多，已停止于第 ", "too many errors: stopped at line ") << report.last_line
                << session.Say(" 行", "") << "\n";
  }
  if (!report.reject_file.empty()) {
    session.out << session.Say("被拒绝的行：", "rejected rows: ") << report.reject_file
                << session.Say("（改正后可直接导入）", " (correct it and import it as it is)") << "\n";
  }
}

std::string ImportJson(const ImportReport& report) {
  google::protobuf::Struct root;
  auto& fields = *root.mutable_fields();
  fields["import"] = Text(report.import_name);
  fields["trial"].set_bool_value(report.trial);
  fields["stopped"].set_bool_value(report.stopped);
  fields["encoding"] = Text(report.encoding);
  fields["mapping"] = Text(report.mapping);
  if (!report.unreadable.empty()) fields["unreadable"] = Text(report.unreadable.english);
  fields["lastLine"] = Number(report.last_line);
  fields["rejectFile"] = Text(report.reject_file);
  auto& counts = *fields["counts"].mutable_struct_value()->mutable_fields();
  counts["read"] = Number(report.counts.read());
  counts["created"] = Number(report.counts.created());
  counts["changed"] = Number(report.counts.changed());
  counts["same"] = Number(report.counts.same());
  counts["skipped"] = Number(report.counts.skipped());
  counts["rejected"] = Number(report.counts.rejected());
  counts["warnings"] = Number(report.counts.warnings());
  auto& unknown = *fields["unknownColumns"].mutable_list_value();
  for (const std::string& column : report.unknown_columns) *unknown.add_values() = Text(column);
  auto& passed = *fields["passedOver"].mutable_list_value();
  for (const sheet::PassedOver& one : report.passed_over) {
    auto& entry = *passed.add_values()->mutable_struct_value()->mutable_fields();
    entry["line"] = Number(one.line);
    entry["why"] = Text(one.why.english);
  }
  auto& findings = *fields["findings"].mutable_list_value();
  for (const ImportNote& note : report.notes) {
    auto& entry = *findings.add_values()->mutable_struct_value()->mutable_fields();
    entry["line"] = Number(note.line);
    entry["severity"] = Text(note.is_error ? "error" : "warning");
    entry["code"] = Text(note.code);
    entry["column"] = Text(note.column);
    entry["value"] = Text(note.value);
    if (!note.suggestion.empty()) entry["suggestion"] = Text(note.suggestion);
    entry["messageZh"] = Text(note.what.chinese);
    entry["messageEn"] = Text(note.what.english);
  }
  fields["moreFindings"] = Number(report.more_notes);
  return ToJson(root);
}

}  // namespace gi::client::gictl
