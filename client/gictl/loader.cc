#include "client/gictl/loader.h"

#include <algorithm>
#include <istream>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace gi::client::gictl {
namespace {

constexpr int64_t kProgressEvery = 200;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct NumberedLine {
  int64_t number;
  std::string text;
};

// What the workers share. Thread-safe.
class Work {
 public:
  Work(std::istream& lines, FileReport& report, const std::function<void(int64_t)>& progress)
      : lines_(lines), report_(report), progress_(progress) {}

  // The next line that says something; nullopt at the end, and once the server is gone.
  std::optional<NumberedLine> Next() {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::string text;
    while (!stopped_ && std::getline(lines_, text)) {
      ++number_;
      absl::string_view content = text;
      if (number_ == 1) absl::ConsumePrefix(&content, kByteOrderMark);
      content = absl::StripAsciiWhitespace(content);
      if (!content.empty() && content.front() != '#') return NumberedLine{number_, std::string(content)};
    }
    return std::nullopt;
  }

  void Done(int64_t number, Finding finding) {
    const std::lock_guard<std::mutex> lock(mutex_);
    finding.line = number;
    ++report_.count(finding.outcome);
    // The first line that found the server gone stands for all.
    const bool told = stopped_ && finding.outcome == Outcome::kNotTried;
    if (finding.outcome == Outcome::kNotTried) stopped_ = true;
    const bool as_expected = finding.outcome == Outcome::kCreated || finding.outcome == Outcome::kUnchanged;
    if (!as_expected && !told) report_.findings.push_back(std::move(finding));
    if (++done_ % kProgressEvery == 0) progress_(done_);
  }

  // After the workers ended: counts the lines that nobody took.
  void CountRest() {
    stopped_ = false;
    while (Next().has_value()) ++report_.count(Outcome::kNotTried);
  }

 private:
  std::mutex mutex_;
  std::istream& lines_;
  FileReport& report_;
  const std::function<void(int64_t)>& progress_;
  int64_t number_ = 0;
  int64_t done_ = 0;
  bool stopped_ = false;
};

}  // namespace

int64_t FileReport::total() const { return std::accumulate(std::begin(counts), std::end(counts), int64_t{0}); }

FileReport LoadFile(const Session& session, const ResourceKind& kind, const LoadOptions& options,
                    const std::string& path, std::istream& lines, const std::function<void(int64_t)>& progress) {
  FileReport report;
  report.path = path;
  Work work(lines, report, progress);
  const auto run = [&] {
    while (std::optional<NumberedLine> line = work.Next()) {
      work.Done(line->number, LoadLine(session, kind, options, line->text));
    }
  };
  // Calls block, so requests in flight are threads.
  std::vector<std::thread> workers;
  for (int i = 0; i < std::max(options.parallel, 1); ++i) workers.emplace_back(run);
  for (std::thread& worker : workers) worker.join();
  work.CountRest();
  std::sort(report.findings.begin(), report.findings.end(),
            [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return report;
}

}  // namespace gi::client::gictl
