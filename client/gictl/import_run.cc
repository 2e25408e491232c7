#include "client/gictl/import_run.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <mutex>
#include <ostream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "client/gictl/fields.h"
#include "client/gictl/labels.h"
#include "client/sheet/csv_rows.h"
#include "client/sheet/mapping.h"
#include "client/sheet/table.h"
#include "storage/base/sha256.h"
#include "storage/base/status_macros.h"
#include "storage/base/uuid.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

constexpr size_t kRowsOfChunk = 500;
constexpr size_t kBytesOfChunk = 256 << 10;
// Sent and not answered.
constexpr size_t kMostChunks = 4;
constexpr absl::Duration kProgressOnTerminal = absl::Milliseconds(200);
constexpr absl::Duration kProgressElsewhere = absl::Seconds(10);
constexpr int64_t kLastLine = std::numeric_limits<int64_t>::max();
constexpr char kDefaultReason[] = "imported from a file";
constexpr char kService[] = "gi.registry.v1.ImportService/";

// A row on its way, for what may be found about it.
struct SentRow {
  int64_t line = 0;
  std::vector<std::string> cells;
  std::vector<sheet::CellProblem> problems;
};

struct File {
  std::ifstream in;
  int64_t size = 0;
  std::string sha256;
  sheet::TextEncoding encoding = sheet::TextEncoding::kUtf8;
};

absl::Status Unreadable(const std::string& path, absl::string_view why) {
  return UsageError(absl::StrCat(path, ": ", why));
}

absl::StatusOr<std::unique_ptr<File>> OpenFile(const std::string& path) {
  auto file = std::make_unique<File>();
  file->in.open(path, std::ios::binary);
  if (!file->in || std::filesystem::is_directory(path)) return Unreadable(path, "cannot be read");
  Sha256Stream hash;
  std::string block(1 << 16, '\0');
  bool first = true;
  while (true) {
    file->in.read(block.data(), static_cast<std::streamsize>(block.size()));
    const absl::string_view bytes(block.data(), static_cast<size_t>(file->in.gcount()));
    if (bytes.empty()) break;
    if (std::exchange(first, false) &&
        (absl::StartsWith(bytes, "PK\x03\x04") || absl::StartsWith(bytes, "\xD0\xCF\x11\xE0"))) {
      return Unreadable(path, "is a workbook, whatever its name says: save the sheet as \"CSV UTF-8\" and import that");
    }
    hash.Add(bytes);
    file->size += static_cast<int64_t>(bytes.size());
  }
  file->sha256 = absl::BytesToHexString(hash.Finish());
  const absl::StatusOr<sheet::TextEncoding> encoding = sheet::DetectEncoding(file->in);
  if (!encoding.ok()) return Unreadable(path, encoding.status().message());
  file->encoding = *encoding;
  return file;
}

absl::StatusOr<mapping::v1::Mapping> ReadMapping(const ImportOptions& options) {
  if (options.mapping_path.empty()) {
    absl::StatusOr<mapping::v1::Mapping> shipped = sheet::ShippedMapping(options.kind);
    return shipped.ok() ? shipped : UsageError(shipped.status().message());
  }
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(options.mapping_path));
  const absl::StatusOr<mapping::v1::Mapping> own = sheet::ParseMapping(text);
  if (!own.ok()) return UsageError(absl::StrCat(options.mapping_path, ": ", own.status().message()));
  if (own->kind() != options.kind) {
    return UsageError(absl::StrCat(options.mapping_path, " is for ", v1::ImportKind_Name(own->kind())));
  }
  return *own;
}

// Sends chunks from one thread and takes answers on another.
class Sender {
 public:
  using OnAnswer = std::function<void(const std::vector<SentRow>&, const v1::SendImportRowsResponse&)>;

  Sender(std::unique_ptr<Stream> stream, OnAnswer on_answer)
      : stream_(std::move(stream)), on_answer_(std::move(on_answer)), thread_([this] { Receive(); }) {}
  ~Sender() {
    if (thread_.joinable()) (void)Finish();
  }

  // False: the server takes no more.
  bool Send(const v1::SendImportRowsRequest& request, std::vector<SentRow> rows) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return waiting_.size() < kMostChunks || ended_; });
      if (ended_) return false;
      waiting_.push_back(std::move(rows));
    }
    return stream_->Write(request);
  }

  absl::Status Finish() {
    stream_->WritesDone();
    thread_.join();
    return stream_->Finish();
  }

 private:
  void Receive() {
    v1::SendImportRowsResponse response;
    bool stopped = false;
    while (stream_->Read(&response)) {
      // What was sent before the import stopped is not looked at.
      if (stopped) continue;
      stopped = response.stopped();
      std::vector<SentRow> rows;
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        rows = std::move(waiting_.front());
        waiting_.pop_front();
        ended_ = stopped;
      }
      on_answer_(rows, response);
      changed_.notify_all();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

  const std::unique_ptr<Stream> stream_;
  const OnAnswer on_answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<SentRow>> waiting_;
  bool ended_ = false;
  std::thread thread_;
};

class Run {
 public:
  Run(const Session& session, const ImportOptions& options) : session_(session), options_(options) {}

  absl::StatusOr<ImportReport> All() {
    ASSIGN_OR_RETURN(mapping_, ReadMapping(options_));
    ASSIGN_OR_RETURN(file_, OpenFile(options_.path));
    RETURN_IF_ERROR(OpenTable());
    report_.trial = session_.flags.dry_run;
    report_.encoding = sheet::NameOf(file_->encoding);
    report_.mapping = absl::StrCat(mapping_.name(), " ", mapping_.version());
    report_.unknown_columns = table_->UnknownColumns();
    rejects_ =
        std::make_unique<RejectFile>(options_.reject_path.empty() ? RejectPath(options_.path) : options_.reject_path,
                                     file_->encoding, rows_->separator());
    job_.set_source_name(FileName());
    job_.set_source_sha256(file_->sha256);
    job_.set_kind(options_.kind);
    job_.set_mapping(report_.mapping);
    job_.set_on_existing(options_.on_existing);
    job_.set_max_errors(options_.max_errors);
    if (!report_.trial) RETURN_IF_ERROR(BeginJob());
    if (done_ > 0) RETURN_IF_ERROR(FindRejectsAgain());
    RETURN_IF_ERROR(SendRows(report_.trial, done_, kLastLine));
    if (!report_.trial && !report_.stopped) RETURN_IF_ERROR(EndJob());
    report_.passed_over = table_->passed_over();
    ASSIGN_OR_RETURN(report_.reject_file, rejects_->Finish());
    return std::move(report_);
  }

  // "名单.csv" → "名单.rejected.csv".
  static std::string RejectPath(const std::string& path) {
    std::filesystem::path made(path);
    const std::string extension = made.extension().string();
    return made.replace_extension(absl::StrCat(".rejected", extension)).string();
  }

 private:
  template <class Request>
  absl::Status Sign(Request& request) const {
    const bool none = session_.flags.reason.empty() && session_.flags.case_id.empty();
    request.set_reason(none ? kDefaultReason : session_.flags.reason);
    request.set_request_id(NewUuid());
    return absl::OkStatus();
  }

  std::string FileName() const { return std::filesystem::path(options_.path).filename().string(); }

  // From the beginning of the file.
  absl::Status OpenTable() {
    file_->in.clear();
    file_->in.seekg(0);
    rows_ = std::make_unique<sheet::CsvRows>(file_->in, file_->encoding);
    table_ = std::make_unique<sheet::TableReader>(*rows_, mapping_);
    if (const absl::Status head = table_->FindHead(); !head.ok()) return Unreadable(options_.path, head.message());
    if (const std::vector<std::string> missing = table_->MissingColumns(); !missing.empty()) {
      return Unreadable(options_.path, absl::StrCat("has no column for ", absl::StrJoin(missing, "、")));
    }
    builder_ = std::make_unique<sheet::RowBuilder>(
        mapping_, table_->columns(), table_->head(), FileName(),
        [](const google::protobuf::EnumValueDescriptor& value) { return EnumLabel(value, Language::kChinese); });
    return absl::OkStatus();
  }

  // What was rejected before an interruption: the answers may have been lost with the file of rejected rows. A trial
  // finds the same, and changes nothing.
  absl::Status FindRejectsAgain() {
    const int64_t max_errors = job_.max_errors();
    job_.set_max_errors(0);
    RETURN_IF_ERROR(SendRows(true, 0, done_));
    job_.set_max_errors(max_errors);
    return OpenTable();
  }

  absl::Status BeginJob() {
    if (options_.resume) {
      ASSIGN_OR_RETURN(const bool found, FindOpenJob());
      if (!found) return UsageError("there is no unfinished import of this file: import it without --resume");
      return absl::OkStatus();
    }
    v1::CreateImportRequest request;
    *request.mutable_import_job() = job_;
    RETURN_IF_ERROR(Sign(request));
    v1::MutateImportResponse response;
    RETURN_IF_ERROR(session_.Call(absl::StrCat(kService, "CreateImport"), request, response));
    report_.import_name = response.import_job().name();
    return absl::OkStatus();
  }

  // The newest one of the same file that is under way.
  absl::StatusOr<bool> FindOpenJob() {
    v1::ListImportsRequest request;
    request.set_kind(options_.kind);
    request.set_state(v1::IMPORT_STATE_OPEN);
    v1::ListImportsResponse response;
    do {
      request.set_page_token(response.next_page_token());
      RETURN_IF_ERROR(session_.Call(absl::StrCat(kService, "ListImports"), request, response));
      for (const v1::Import& job : response.imports()) {
        if (job.source_sha256() != file_->sha256) continue;
        report_.import_name = job.name();
        done_ = job.last_line();
        return true;
      }
    } while (!response.next_page_token().empty());
    return false;
  }

  absl::Status EndJob() {
    v1::FinishImportRequest request;
    request.set_name(report_.import_name);
    RETURN_IF_ERROR(Sign(request));
    v1::MutateImportResponse response;
    RETURN_IF_ERROR(session_.Call(absl::StrCat(kService, "FinishImport"), request, response));
    report_.counts = response.import_job().counts();
    return absl::OkStatus();
  }

  // Those after `first`, up to `last`.
  absl::Status SendRows(bool trial, int64_t first, int64_t last) {
    CallOptions options = session_.options;
    options.timeout = absl::ZeroDuration();
    ASSIGN_OR_RETURN(std::unique_ptr<Stream> stream,
                     session_.connection.Open(absl::StrCat(kService, "SendImportRows"), options));
    began_ = absl::Now();
    Sender sender(std::move(stream), [this](const auto& rows, const auto& response) { Answered(rows, response); });
    v1::SendImportRowsRequest request;
    if (trial) {
      *request.mutable_trial() = job_;
    } else {
      request.set_import_job(report_.import_name);
    }
    std::vector<SentRow> rows;
    size_t bytes = 0;
    sheet::SheetRow sheet_row;
    bool more = true;
    absl::Status unreadable;
    while (more) {
      const absl::StatusOr<bool> next = table_->Next(sheet_row);
      if (!next.ok()) unreadable = Unreadable(options_.path, next.status().message());
      more = next.ok() && *next && sheet_row.line <= last;
      if (more && sheet_row.line > first) {
        SentRow& row = rows.emplace_back();
        v1::ImportRow& made = *request.add_rows();
        row.line = sheet_row.line;
        row.problems = builder_->Build(sheet_row, made);
        bytes += made.ByteSizeLong();
        row.cells = std::move(sheet_row.cells);
      }
      const bool full = rows.size() >= kRowsOfChunk || bytes >= kBytesOfChunk;
      if (!full && (more || rows.empty())) continue;
      if (!sender.Send(request, std::exchange(rows, {}))) break;
      request.Clear();
      bytes = 0;
      ShowProgress();
    }
    const absl::Status sent = sender.Finish();
    HideProgress();
    if (!report_.stopped) RETURN_IF_ERROR(sent);
    RETURN_IF_ERROR(rejects_error_);
    return unreadable;
  }

  // On the thread of the answers.
  void Answered(const std::vector<SentRow>& rows, const v1::SendImportRowsResponse& response) {
    const std::lock_guard<std::mutex> lock(mutex_);
    report_.counts = response.total();
    report_.last_line = response.last_line();
    report_.stopped = report_.stopped || response.stopped();
    int finding = 0;
    for (const SentRow& row : rows) {
      if (row.line > response.last_line()) break;
      std::vector<std::string> why;
      for (const sheet::CellProblem& problem : row.problems) {
        report_.AddNote({row.line, true, "", problem.column, problem.value, problem.what});
        why.push_back(absl::StrCat(problem.column, problem.column.empty() ? "" : "：", problem.what.chinese));
      }
      for (; finding < response.findings_size() && response.findings(finding).line() == row.line; ++finding) {
        const v1::ImportFinding& found = response.findings(finding);
        const int column = builder_->ColumnOf(found.violation().field());
        const std::string head = column < 0 ? "" : table_->head()[static_cast<size_t>(column)];
        const bool is_error = found.severity() == v1::FINDING_SEVERITY_ERROR;
        report_.AddNote({row.line,
                         is_error,
                         found.violation().reason(),
                         head,
                         ValueShown(found, column, row),
                         {found.violation().message_zh(), found.violation().message_en()}});
        if (is_error) {
          why.push_back(absl::StrCat(head, head.empty() ? "" : "：", found.violation().message_zh()));
        }
      }
      if (why.empty() || !rejects_error_.ok()) continue;
      rejects_error_ = rejects_->Add(table_->head(), row.cells, absl::StrJoin(why, "；"));
    }
  }

  // What could be personal is masked, as the server does.
  static std::string ValueShown(const v1::ImportFinding& finding, int column, const SentRow& row) {
    if (column < 0 || static_cast<size_t>(column) >= row.cells.size()) return "";
    const std::string& value = row.cells[static_cast<size_t>(column)];
    return absl::StrContains(finding.violation().reason(), "PERSONAL") ? Mask(value) : value;
  }

  void ShowProgress() {
    const absl::Time now = absl::Now();
    if (now - shown_ < (session_.terminal ? kProgressOnTerminal : kProgressElsewhere)) return;
    if (!session_.terminal && shown_ == absl::InfinitePast()) {
      // Short imports need no lines.
      shown_ = now;
      return;
    }
    shown_ = now;
    int64_t read = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      read = report_.counts.read();
    }
    const double seconds = absl::ToDoubleSeconds(now - began_);
    const int64_t position = file_->in ? static_cast<int64_t>(file_->in.tellg()) : file_->size;
    const double share = file_->size == 0 ? 1 : static_cast<double>(position) / static_cast<double>(file_->size);
    const auto rate = static_cast<int64_t>(seconds > 0 ? static_cast<double>(read) / seconds : 0);
    const auto left = static_cast<int64_t>(share > 0 ? seconds * (1 - share) / share : 0);
    session_.err << (session_.terminal ? "\r\x1b[K" : "") << session_.Say("已处理 ", "done ") << read
                 << session_.Say(" 行，每秒 ", " rows, ") << rate << session_.Say(" 行，约剩 ", "/s, about ") << left
                 << session_.Say(" 秒", " s left") << (session_.terminal ? "" : "\n") << std::flush;
  }
  void HideProgress() {
    if (session_.terminal) session_.err << "\r\x1b[K" << std::flush;
  }

  const Session& session_;
  const ImportOptions& options_;
  mapping::v1::Mapping mapping_;
  std::unique_ptr<File> file_;
  std::unique_ptr<sheet::CsvRows> rows_;
  std::unique_ptr<sheet::TableReader> table_;
  std::unique_ptr<sheet::RowBuilder> builder_;
  v1::Import job_;
  // Lines that an interrupted run has dealt with.
  int64_t done_ = 0;
  absl::Time began_;
  absl::Time shown_ = absl::InfinitePast();
  // Shared with the thread of the answers.
  std::mutex mutex_;
  ImportReport report_;
  std::unique_ptr<RejectFile> rejects_;
  absl::Status rejects_error_;
};

}  // namespace

absl::StatusOr<ImportReport> RunImport(const Session& session, const ImportOptions& options) {
  return Run(session, options).All();
}

}  // namespace gi::client::gictl
