#include "client/gictl/session.h"

#include <fstream>
#include <istream>
#include <iterator>
#include <memory>
#include <optional>
#include <ostream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/render.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "storage/base/date.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;

absl::Status SetRecordTime(const std::string& text, v1::ReadAt& read_at) {
  absl::Time time;
  std::string error;
  // A time without a zone is meant as the reader's, in Shanghai.
  const bool parsed = absl::ParseTime(absl::RFC3339_full, text, &time, &error) ||
                      absl::ParseTime("%Y-%m-%d%ET%H:%M:%E*S", text, absl::FixedTimeZone(8 * 3600), &time, &error);
  if (!parsed)
    return UsageError({absl::StrCat("--at-time 应为如 2023-05-01T12:00:00+08:00 的时间，不能是“", text, "”"),
                       absl::StrCat("--at-time needs a time like 2023-05-01T12:00:00+08:00, not \"", text, "\"")});
  const int64_t micros = absl::ToUnixMicros(time);
  const int64_t seconds = absl::ToUnixSeconds(time);
  read_at.mutable_record_time()->set_seconds(seconds);
  read_at.mutable_record_time()->set_nanos(static_cast<int32_t>((micros - seconds * 1000000) * 1000));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::ReadAt>> ParseReadAt(const GlobalFlags& flags) {
  v1::ReadAt read_at;
  int given = 0;
  for (const std::string* text : {&flags.at_revision, &flags.at_time, &flags.at_date}) given += text->empty() ? 0 : 1;
  if (given == 0) return std::optional<v1::ReadAt>();
  if (given > 1)
    return UsageError({"--at-revision、--at-time、--at-date 只能用一个",
                       "--at-revision, --at-time and --at-date exclude each other"});
  int64_t revision = 0;
  if (!flags.at_revision.empty()) {
    if (!absl::SimpleAtoi(flags.at_revision, &revision))
      return UsageError({"--at-revision 应为数字", "--at-revision needs a number"});
    read_at.set_exact_revision(revision);
  }
  RETURN_IF_ERROR(SetDate(read_at, "record_date", "--at-date", flags.at_date));
  if (!flags.at_time.empty()) RETURN_IF_ERROR(SetRecordTime(flags.at_time, read_at));
  return std::optional<v1::ReadAt>(std::move(read_at));
}

}  // namespace

absl::Status Session::ApplyReadAt(google::protobuf::Message& request) const {
  ASSIGN_OR_RETURN(const std::optional<v1::ReadAt> read_at, ParseReadAt(flags));
  if (read_at.has_value()) MutableMessage(request, "read_at").CopyFrom(*read_at);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  // A directory opens, and only reading it fails.
  if (!file || file.peek() == std::ifstream::traits_type::eof() || !(content << file.rdbuf())) {
    return UsageError(
        {absl::StrCat("无法读取 ", path, "，或其为空"), absl::StrCat("cannot read ", path, ", or it is empty")});
  }
  return content.str();
}

absl::Status WriteWholeFile(const std::string& path, absl::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  return file ? absl::OkStatus() : CannotWrite(path);
}

absl::Status CannotWrite(const std::string& path) {
  return UsageError({absl::StrCat("无法写入 ", path), absl::StrCat("cannot write ", path)});
}

absl::Status CannotWriteOutput() {
  return UsageError({"无法写入标准输出（磁盘已满或已关闭）：输出不完整",
                     "cannot write to standard output, which is full or closed: what was printed is not complete"});
}

absl::StatusOr<int> WriteContent(const Session& session, const google::protobuf::Message& response,
                                 const std::string& path) {
  const std::string content = GetString(response, "content");
  const bool to_file = !path.empty() && path != "-";
  if (to_file) RETURN_IF_ERROR(WriteWholeFile(path, content));
  if (session.json()) {
    session.out << ToJson(response);
    return kSuccess;
  }
  if (!to_file) session.out << content;
  // Nothing but the content belongs to standard output then.
  std::ostream& notes = to_file ? session.out : session.err;
  if (to_file) notes << session.Say("已写入 ", "written to ") << path << "  ";
  notes << FormatReadPoint(ReadPointOf(response), session.language) << "\n";
  return kSuccess;
}

absl::StatusOr<std::string> Session::ReadFile(const std::string& path) const {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(in), {});
  return ReadWholeFile(path);
}

absl::StatusOr<std::string> Session::FindEntity(const std::string& text) const {
  if (absl::StartsWith(text, "entities/")) return text;
  v1::ListEntitiesRequest request;
  request.set_uscc(text);
  v1::ListEntitiesResponse response;
  RETURN_IF_ERROR(Call("gi.registry.v1.EntityService/ListEntities", request, response));
  if (response.entities_size() != 1) return absl::NotFoundError(absl::StrCat("no entity with the code ", Mask(text)));
  return response.entities(0).name();
}

absl::StatusOr<std::string> Session::FindIndication(const std::string& text) const {
  if (absl::StartsWith(text, "indications/")) return text;
  v1::ListIndicationsRequest request;
  request.set_number(text);
  v1::ListIndicationsResponse response;
  RETURN_IF_ERROR(Call("gi.registry.v1.IndicationService/ListIndications", request, response));
  if (response.indications_size() == 0) return absl::NotFoundError(absl::StrCat("no title with the number ", text));
  if (response.indications_size() == 1) return response.indications(0).name();
  std::string names;
  for (const v1::Indication& title : response.indications()) absl::StrAppend(&names, " ", title.name());
  return absl::FailedPreconditionError(absl::StrCat("several titles have the number ", text, ":", names));
}

int ExitCode(const absl::Status& status) {
  if (status.ok()) return kSuccess;
  if (IsUsageError(status)) return kUsageError;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kRefused;
    default:
      return kServerFailed;
  }
}

}  // namespace gi::client::gictl
