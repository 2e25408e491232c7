// Files of rows that machines write: JSON Lines, and protobuf messages with their lengths before them.
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/gictl/output_path.h"
#include "client/gictl/row_file.h"
#include "client/sheet/mapping.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/delimited_message_util.h"
#include "google/protobuf/util/json_util.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::Message;

sheet::CellProblem UnreadableRow(sheet::Words why) {
  return {"", "", {sheet::Fault::Code::kRowUnreadable, std::move(why), ""}};
}

constexpr char kWhyKey[] = "rejected_because";
// Of one row.
constexpr size_t kMaxBytes = 1 << 20;

// What both have in common: a stream that begins again, and rows of one kind.
class MessageFile : public RowFile {
 public:
  explicit MessageFile(const RowFileOptions& options)
      : options_(options), field_(sheet::RequestField(options.kind)), rejects_path_(RejectPath(options)) {}

  absl::Status Restart() override {
    in_.close();
    in_.clear();
    in_.open(options_.path, std::ios::binary);
    std::error_code error;
    size_ = static_cast<int64_t>(std::filesystem::file_size(options_.path, error));
    line_ = 0;
    return in_ ? absl::OkStatus() : Unreadable(options_.path, {"无法读取", "cannot be read"});
  }
  double share() const override { return ShareRead(in_, size_); }

  absl::StatusOr<std::string> FinishRejects() override {
    if (!rejects_.is_open()) return std::string();
    rejects_.close();
    return rejects_ ? absl::StatusOr<std::string>(rejects_path_)
                    : Unreadable(rejects_path_, {"无法写入", "cannot be written"});
  }

 protected:
  absl::Status WriteReject(const std::string& bytes) {
    if (!rejects_.is_open()) {
      KeepOld(rejects_path_);
      rejects_.open(rejects_path_, std::ios::binary | std::ios::trunc);
    }
    rejects_ << bytes;
    return rejects_ ? absl::OkStatus() : Unreadable(rejects_path_, {"无法写入", "cannot be written"});
  }
  // Those of the import count.
  static void DropCall(Message& request) {
    for (const char* name : {"request_id", "validate_only", "reason"}) {
      const auto* field = request.GetDescriptor()->FindFieldByName(name);
      if (field != nullptr) request.GetReflection()->ClearField(&request, field);
    }
  }

  const RowFileOptions options_;
  const google::protobuf::FieldDescriptor* const field_;
  mutable std::ifstream in_;
  int64_t line_ = 0;

 private:
  const std::string rejects_path_;
  std::ofstream rejects_;
  int64_t size_ = 0;
};

class JsonLines final : public MessageFile {
 public:
  using MessageFile::MessageFile;

  std::string format() const override { return "JSON Lines"; }

  absl::StatusOr<bool> Next(v1::ImportRow& row, SentRow& kept) override {
    std::string text;
    bool whole = true;
    do {
      if (!ReadLine(text, whole)) return false;
      ++line_;
      // A byte-order mark is no part of it.
      if (line_ == 1 && text.rfind("\xEF\xBB\xBF", 0) == 0) text.erase(0, 3);
      text = std::string(absl::StripAsciiWhitespace(text));
    } while (text.empty());
    row.Clear();
    row.set_line(line_);
    kept = {line_, {text}, {}};
    if (!whole) {
      kept.problems.push_back(UnreadableRow({"此行过长", "the line is too long"}));
      return true;
    }
    Message& request = *row.GetReflection()->MutableMessage(&row, field_);
    const auto status = google::protobuf::util::JsonStringToMessage(WithoutReason(text), &request);
    if (!status.ok()) {
      const std::string detail = Excerpt(std::string(status.message()), 200);
      kept.problems.push_back(
          UnreadableRow({absl::StrCat("不是 ", request.GetDescriptor()->name(), " 的 JSON：", detail),
                         absl::StrCat("no JSON of ", request.GetDescriptor()->name(), ": ", detail)}));
      row.clear_create();
      return true;
    }
    DropCall(request);
    return true;
  }

  absl::Status Reject(const SentRow& row, const std::string& why) override {
    const std::string line = WithoutReason(row.cells.front());
    // What is no JSON stays as it is; its reason is in the report.
    if (line.empty() || line.back() != '}') return WriteReject(absl::StrCat(line, "\n"));
    google::protobuf::Value reason;
    reason.set_string_value(why);
    std::string json;
    (void)google::protobuf::util::MessageToJsonString(reason, &json);
    const std::string rest(absl::StripAsciiWhitespace(line.substr(1)));
    return WriteReject(absl::StrCat("{\"", kWhyKey, "\":", json, rest == "}" ? "" : ",", rest, "\n"));
  }

 private:
  // False at the end; not `whole` if the line is too long to be kept.
  bool ReadLine(std::string& text, bool& whole) {
    text.clear();
    whole = true;
    std::streambuf& in = *in_.rdbuf();
    for (int c = in.sbumpc(); c != EOF; c = in.sbumpc()) {
      if (c == '\n') return true;
      if (text.size() < kMaxBytes) {
        text += static_cast<char>(c);
      } else {
        whole = false;
      }
    }
    in_.setstate(std::ios::eofbit);
    return !text.empty();
  }

  // Reject files begin their lines with the reason.
  static std::string WithoutReason(const std::string& line) {
    const std::string begin = absl::StrCat("{\"", kWhyKey, "\":\"");
    if (line.rfind(begin, 0) != 0) return line;
    size_t end = begin.size();
    while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
    ++end;
    if (end < line.size() && line[end] == ',') ++end;
    return absl::StrCat("{", end < line.size() ? line.substr(end) : "");
  }
};

class ProtobufRows final : public MessageFile {
 public:
  using MessageFile::MessageFile;

  std::string format() const override { return "protobuf"; }

  absl::Status Restart() override {
    stream_.reset();
    RETURN_IF_ERROR(MessageFile::Restart());
    stream_ = std::make_unique<google::protobuf::io::IstreamInputStream>(&in_);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Next(v1::ImportRow& row, SentRow& kept) override {
    const int64_t begin = stream_->ByteCount();
    row.Clear();
    bool at_end = false;
    if (!google::protobuf::util::ParseDelimitedFromZeroCopyStream(&row, stream_.get(), &at_end)) {
      if (at_end) return false;
      return Unreadable(options_.path,
                        {absl::StrCat("第 ", line_ + 1, " 条（第 ", begin,
                                      " 字节处）不是 gi.registry.v1.ImportRow：文件不完整，或是其他文件"),
                         absl::StrCat("has no message of gi.registry.v1.ImportRow as its number ", line_ + 1,
                                      ", at byte ", begin, ": it was cut short, or is something else")});
    }
    ++line_;
    row.clear_rejected_because();
    kept = {line_, {row.SerializeAsString()}, {}};
    row.set_line(line_);
    if (row.create_case() != v1::ImportRow::CREATE_NOT_SET) {
      const auto* given = v1::ImportRow::descriptor()->FindFieldByNumber(row.create_case());
      DropCall(*row.GetReflection()->MutableMessage(&row, given));
    }
    return true;
  }

  absl::Status Reject(const SentRow& kept, const std::string& why) override {
    v1::ImportRow row;
    row.ParseFromString(kept.cells.front());
    row.set_rejected_because(why);
    std::string bytes;
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::util::SerializeDelimitedToZeroCopyStream(row, &out);
    return WriteReject(bytes);
  }

 private:
  std::unique_ptr<google::protobuf::io::IstreamInputStream> stream_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowFile>> OpenJsonLines(const RowFileOptions& options) {
  return std::make_unique<JsonLines>(options);
}
absl::StatusOr<std::unique_ptr<RowFile>> OpenProtobuf(const RowFileOptions& options) {
  return std::make_unique<ProtobufRows>(options);
}

}  // namespace gi::client::gictl
