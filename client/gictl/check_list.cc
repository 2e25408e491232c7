#include "client/gictl/check_list.h"

#include <algorithm>
#include <ostream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/gictl/csv.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/render.h"
#include "client/gictl/table.h"
#include "storage/base/csv_line.h"
#include "storage/base/date.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

constexpr int kBatch = 1000;
constexpr size_t kMessage = 200;

struct Column {
  absl::string_view name;
  absl::string_view chinese;
};
// In the order of a list without heads.
constexpr Column kColumns[] = {{"entity", "主体"}, {"indication", "地理标志"}, {"date", "日期"},    {"name", "名称"},
                               {"goods", "商品"},  {"class", "类别"},          {"variety", "品种"}, {"place", "产地"}};

struct Line {
  size_t number;
  v1::CheckAuthorizationRequest question;
};

absl::Status SetCell(absl::string_view column, const std::string& cell, v1::CheckAuthorizationRequest& question) {
  if (cell.empty()) return absl::OkStatus();
  if (column == "entity") {
    return SetText(question, absl::StartsWith(cell, "entities/") ? "entity" : "uscc", "entity", cell);
  }
  if (column == "name") return SetText(question, "entity_name", "name", cell);
  if (column == "date") return SetDate(question, "date", "date", cell);
  if (column != "class") return SetText(question, column, column, cell);
  int32_t nice_class = 0;
  if (!absl::SimpleAtoi(cell, &nice_class)) return UsageError(absl::StrCat("class needs a number, not \"", cell, "\""));
  question.set_nice_class(nice_class);
  return absl::OkStatus();
}

// The columns that the first row names; empty if it is no head.
absl::StatusOr<std::vector<absl::string_view>> ReadHead(const CsvRow& row) {
  std::vector<absl::string_view> columns;
  bool any = false;
  for (const std::string& cell : row.cells) {
    absl::string_view name;
    for (const Column& column : kColumns) {
      if (absl::EqualsIgnoreCase(cell, column.name) || cell == column.chinese) name = column.name;
    }
    any = any || name == "indication" || name == "entity";
    columns.push_back(name);
  }
  if (!any) return std::vector<absl::string_view>();
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].empty()) return UsageError(absl::StrCat("unknown column \"", row.cells[i], "\""));
  }
  return columns;
}

absl::StatusOr<std::vector<Line>> ReadLines(const std::string& text, const v1::CheckAuthorizationRequest& defaults) {
  ASSIGN_OR_RETURN(std::vector<CsvRow> rows, ParseCsv(text));
  if (rows.empty()) return UsageError("the list is empty");
  ASSIGN_OR_RETURN(std::vector<absl::string_view> columns, ReadHead(rows.front()));
  if (columns.empty()) {
    for (const Column& column : kColumns) columns.push_back(column.name);
  } else {
    rows.erase(rows.begin());
  }
  std::vector<Line> lines;
  for (const CsvRow& row : rows) {
    Line& line = lines.emplace_back(Line{row.line, defaults});
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const absl::Status set = i < columns.size() ? SetCell(columns[i], row.cells[i], line.question)
                               : row.cells[i].empty()
                                   ? absl::OkStatus()
                                   : UsageError(absl::StrCat("more than ", columns.size(), " cells"));
      if (!set.ok()) return UsageError(absl::StrCat("line ", row.line, ": ", set.message()));
    }
  }
  return lines;
}

std::string Subject(const v1::CheckAuthorizationRequest& question, const v1::CheckAuthorizationResponse& answer) {
  if (question.has_entity()) return question.entity();
  return answer.uscc().empty() ? Mask(question.uscc()) : answer.uscc();
}

std::vector<std::string> Cells(const Session& session, const Line& line, const v1::BatchCheckResult& result,
                               const v1::Date& batch_date) {
  const v1::CheckAuthorizationResponse& answer = result.answer();
  const v1::Date& date = line.question.has_date() ? line.question.date() : batch_date;
  std::vector<std::string> cells = {absl::StrCat(line.number), Subject(line.question, answer),
                                    line.question.indication(), FormatDate(date)};
  if (result.has_error()) {
    cells.insert(cells.end(), {session.Say("被拒绝", "refused"), Excerpt(result.error().message(), kMessage), "", ""});
    return cells;
  }
  std::string reasons;
  for (const v1::ReasonDetail& reason : answer.reasons()) {
    absl::StrAppend(&reasons, reasons.empty() ? "" : session.Say("、", "; "),
                    EnumLabel(*v1::DecisionReason_descriptor(), reason.reason(), session.language));
  }
  const v1::Period& validity = answer.validity();
  cells.insert(cells.end(), {EnumLabel(*v1::Verdict_descriptor(), answer.verdict(), session.language), reasons,
                             validity.has_from() ? FormatDate(validity.from()) : "",
                             validity.has_to() ? FormatDate(validity.to()) : ""});
  return cells;
}

int ExitCodeOf(const v1::BatchCheckResult& result) {
  return result.has_error() ? kRefused : VerdictExitCode(result.answer().verdict());
}

}  // namespace

int VerdictExitCode(v1::Verdict verdict) {
  if (verdict == v1::VERDICT_AUTHORIZED) return kSuccess;
  return verdict == v1::VERDICT_NOT_AUTHORIZED ? kNotAuthorized : kUndecided;
}

absl::StatusOr<int> CheckList(const Session& session, const std::string& file,
                              const v1::CheckAuthorizationRequest& defaults, bool csv) {
  ASSIGN_OR_RETURN(const std::string text, session.ReadFile(file));
  ASSIGN_OR_RETURN(const std::vector<Line> lines, ReadLines(text, defaults));
  const std::vector<std::string> head = {
      session.Say("行", "line"),     session.Say("主体", "entity"),  session.Say("地理标志", "indication"),
      session.Say("日期", "date"),   session.Say("结论", "verdict"), session.Say("理由", "reasons"),
      session.Say("适用自", "from"), session.Say("适用至", "to")};
  Table table;
  table.AddRow(head);
  if (csv && !session.json()) session.out << CsvLine(head);
  int exit_code = kSuccess;
  v1::ReadPoint point;
  for (size_t first = 0; first < lines.size(); first += kBatch) {
    const size_t end = std::min(lines.size(), first + kBatch);
    v1::BatchCheckAuthorizationsRequest request;
    for (size_t i = first; i < end; ++i) *request.add_items()->mutable_check() = lines[i].question;
    RETURN_IF_ERROR(session.ApplyReadAt(request));
    // Later batches are answered from the state of the first.
    if (first > 0) {
      request.mutable_read_at()->set_exact_revision(point.revision());
      request.mutable_read_at()->set_history_id(point.history_id());
    }
    v1::BatchCheckAuthorizationsResponse response;
    RETURN_IF_ERROR(session.Call("gi.registry.v1.CheckService/BatchCheckAuthorizations", request, response));
    point = response.read_point();
    if (session.json()) session.out << ToJson(response);
    for (int i = 0; i < response.results_size(); ++i) {
      const v1::BatchCheckResult& result = response.results(i);
      exit_code = std::max(exit_code, ExitCodeOf(result));
      if (session.json()) continue;
      const std::vector<std::string> cells =
          Cells(session, lines[first + static_cast<size_t>(i)], result, response.date());
      if (csv) {
        session.out << CsvLine(cells);
      } else {
        table.AddRow(cells);
      }
    }
  }
  if (session.json()) return exit_code;
  if (!csv) table.Print(session.out);
  (csv ? session.err : session.out) << session.Say("共 ", "") << lines.size() << session.Say(" 行；", " lines; ")
                                    << FormatReadPoint(point, session.language) << "\n";
  return exit_code;
}

}  // namespace gi::client::gictl
