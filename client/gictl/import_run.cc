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
#include "client/gictl/row_file.h"
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

// SHA-256 of the file, in hexadecimal digits.
absl::StatusOr<std::string> HashOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) return Unreadable(path, {"无法读取", "cannot be read"});
  Sha256Stream hash;
  std::string block(1 << 16, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    hash.Add(absl::string_view(block.data(), static_cast<size_t>(in.gcount())));
  }
  return absl::BytesToHexString(hash.Finish());
}

// With the suggestion, if the texts do not say it themselves.
sheet::Words TextsOf(const v1::Violation& violation) {
  sheet::Words texts = {violation.message_zh(), violation.message_en()};
  const std::string& suggestion = violation.suggestion();
  if (suggestion.empty() || absl::StrContains(texts.english, suggestion)) return texts;
  absl::StrAppend(&texts.chinese, "；可能应为：", suggestion);
  absl::StrAppend(&texts.english, "; perhaps meant: ", suggestion);
  return texts;
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
    absl::StatusOr<ImportReport> report = Steps();
    if (!report.ok() && !report_.import_name.empty() && !ended_) {
      session_.err << session_.Say(
                          "已处理的行保留；请以相同参数加 --resume 继续；若文件要改，请先结束本次导入：gictl finish ",
                          "what was done stays; go on with the same command and --resume, or, to change the "
                          "file, end this import first: gictl finish ")
                   << report_.import_name << "\n";
    }
    return report;
  }

 private:
  absl::StatusOr<ImportReport> Steps() {
    ASSIGN_OR_RETURN(file_, OpenRowFile(options_.file));
    RETURN_IF_ERROR(file_->Restart());
    report_.trial = session_.flags.dry_run;
    report_.encoding = file_->format();
    report_.mapping = file_->mapping();
    report_.unknown_columns = file_->UnknownColumns();
    ASSIGN_OR_RETURN(const std::string sha256, HashOf(options_.file.path));
    job_.set_source_name(std::filesystem::path(options_.file.path).filename().string());
    job_.set_source_sha256(sha256);
    job_.set_kind(options_.file.kind);
    job_.set_mapping(report_.mapping);
    job_.set_on_existing(options_.on_existing);
    job_.set_max_errors(options_.max_errors);
    if (!report_.trial) RETURN_IF_ERROR(BeginJob());
    if (done_ > 0) RETURN_IF_ERROR(FindRejectsAgain());
    const absl::Status sent = SendRows(report_.trial, done_, kLastLine);
    if (sent.ok()) unreadable_ = CheckUnchanged(sha256);
    // A file that cannot be read to its end will not be gone on with: what is mended is another file.
    if (!sent.ok() && sent != unreadable_) {
      if (!unreadable_.ok() && !report_.trial) (void)EndJob();
      return sent;
    }
    if (!unreadable_.ok()) report_.unreadable = sheet::TextsOf(unreadable_);
    if (!report_.trial && !report_.stopped) RETURN_IF_ERROR(EndJob());
    report_.passed_over = file_->PassedOver();
    ASSIGN_OR_RETURN(report_.reject_file, file_->FinishRejects());
    return report_;
  }

  // Of a file that somebody writes meanwhile, nobody knows what was read.
  absl::Status CheckUnchanged(const std::string& sha256) const {
    ASSIGN_OR_RETURN(const std::string now, HashOf(options_.file.path));
    if (now == sha256) return absl::OkStatus();
    return Unreadable(
        options_.file.path,
        {"在导入期间被改动，读到的内容可能新旧混杂或不全：请保存完毕后重新导入",
         "was changed while it was imported; what was read may be mixed or not all: save it and import it again"});
  }

  template <class Request>
  absl::Status Sign(Request& request) const {
    const bool none = session_.flags.reason.empty() && session_.flags.case_id.empty();
    request.set_reason(none ? kDefaultReason : session_.flags.reason);
    request.set_request_id(NewUuid());
    return absl::OkStatus();
  }

  // What was rejected before an interruption: the answers may have been lost with the file of rejected rows. A trial
  // finds the same, and changes nothing.
  absl::Status FindRejectsAgain() {
    const int64_t max_errors = job_.max_errors();
    job_.set_max_errors(0);
    RETURN_IF_ERROR(SendRows(true, 0, done_));
    job_.set_max_errors(max_errors);
    return file_->Restart();
  }

  absl::Status BeginJob() {
    ASSIGN_OR_RETURN(const OpenJobs open, FindOpenJobs());
    if (options_.resume) {
      if (open.same.name().empty()) return NothingToResume(open.other);
      report_.import_name = open.same.name();
      done_ = open.same.last_line();
      return absl::OkStatus();
    }
    if (const std::string& name = open.same.name().empty() ? open.other : open.same.name(); !name.empty()) {
      session_.err << session_.Say("注意：该文件另有未完成的导入 ",
                                   "note: there is an unfinished import of this file, ")
                   << name
                   << session_.Say("；不再继续时请用 gictl finish 结束它\n",
                                   "; if it will not be gone on with, end it with gictl finish\n");
    }
    v1::CreateImportRequest request;
    *request.mutable_import_job() = job_;
    RETURN_IF_ERROR(Sign(request));
    v1::MutateImportResponse response;
    RETURN_IF_ERROR(session_.Call(absl::StrCat(kService, "CreateImport"), request, response));
    report_.import_name = response.import_job().name();
    return absl::OkStatus();
  }

  struct OpenJobs {
    // The newest one of the same file that is under way; without a name: none.
    v1::Import same;
    // Name of one of a file with the same name and another content; "": none.
    std::string other;
  };
  absl::StatusOr<OpenJobs> FindOpenJobs() const {
    OpenJobs found;
    v1::ListImportsRequest request;
    request.set_kind(options_.file.kind);
    request.set_state(v1::IMPORT_STATE_OPEN);
    v1::ListImportsResponse response;
    do {
      request.set_page_token(response.next_page_token());
      RETURN_IF_ERROR(session_.Call(absl::StrCat(kService, "ListImports"), request, response));
      for (const v1::Import& job : response.imports()) {
        if (job.source_sha256() == job_.source_sha256()) {
          found.same = job;
          return found;
        }
        if (found.other.empty() && job.source_name() == job_.source_name()) found.other = job.name();
      }
    } while (!response.next_page_token().empty());
    return found;
  }

  static absl::Status NothingToResume(const std::string& other) {
    sheet::Words why = {"没有该文件的未完成导入：请去掉 --resume 重新导入",
                        "there is no unfinished import of this file: import it without --resume"};
    if (!other.empty()) {
      absl::StrAppend(&why.chinese, "；", other, " 是同名文件的，但内容已不同：可用 gictl finish 结束它");
      absl::StrAppend(&why.english, "; ", other,
                      " is of a file of this name with another content: end it with gictl finish");
    }
    return UsageError(why);
  }

  absl::Status EndJob() {
    v1::FinishImportRequest request;
    request.set_name(report_.import_name);
    RETURN_IF_ERROR(Sign(request));
    v1::MutateImportResponse response;
    RETURN_IF_ERROR(session_.Call(absl::StrCat(kService, "FinishImport"), request, response));
    report_.counts = response.import_job().counts();
    ended_ = true;
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
    v1::ImportRow made;
    SentRow row;
    bool more = true;
    while (more) {
      const absl::StatusOr<bool> next = file_->Next(made, row);
      unreadable_ = next.status();
      more = next.ok() && *next && row.line <= last;
      if (more && row.line > first) {
        bytes += made.ByteSizeLong();
        request.add_rows()->Swap(&made);
        rows.push_back(std::exchange(row, {}));
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
    return unreadable_;
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
        const sheet::Fault& fault = problem.fault;
        report_.AddNote({row.line, true, sheet::FaultName(fault.code), problem.column, problem.value, fault.what,
                         fault.suggestion});
        why.push_back(absl::StrCat(problem.column, problem.column.empty() ? "" : "：", fault.what.chinese));
      }
      for (; finding < response.findings_size() && response.findings(finding).line() == row.line; ++finding) {
        const v1::ImportFinding& found = response.findings(finding);
        const std::string head = file_->ColumnOf(found.violation().field(), row);
        const bool is_error = found.severity() == v1::FINDING_SEVERITY_ERROR;
        const sheet::Words what = TextsOf(found.violation());
        report_.AddNote({row.line, is_error, found.violation().reason(), head, ValueShown(found, row), what,
                         found.violation().suggestion()});
        if (is_error) {
          why.push_back(absl::StrCat(head, head.empty() ? "" : "：", what.chinese));
        }
      }
      if (why.empty() || !rejects_error_.ok()) continue;
      rejects_error_ = file_->Reject(row, absl::StrJoin(why, "；"));
    }
  }

  // What could be personal is masked, as the server does.
  std::string ValueShown(const v1::ImportFinding& finding, const SentRow& row) const {
    const std::string value = file_->ValueOf(finding.violation().field(), row);
    if (absl::StrContains(finding.violation().value(), "*")) return finding.violation().value();
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
    const double share = file_->share();
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
  std::unique_ptr<RowFile> file_;
  v1::Import job_;
  bool ended_ = false;
  // Lines that an interrupted run has dealt with.
  int64_t done_ = 0;
  absl::Time began_;
  absl::Time shown_ = absl::InfinitePast();
  // Shared with the thread of the answers.
  std::mutex mutex_;
  ImportReport report_;
  absl::Status rejects_error_;
  absl::Status unreadable_;
};

}  // namespace

absl::StatusOr<ImportReport> RunImport(const Session& session, const ImportOptions& options) {
  return Run(session, options).All();
}

}  // namespace gi::client::gictl
