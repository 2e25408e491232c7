#include "client/gictl/row_file.h"

#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/gictl/fields.h"
#include "client/gictl/session.h"
#include "client/sheet/field_columns.h"
#include "client/sheet/mapping.h"
#include "client/sheet/workbook.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {
namespace {

constexpr size_t kBeginning = 4096;

absl::StatusOr<mapping::v1::Mapping> ReadMapping(const RowFileOptions& options) {
  if (options.mapping_path.empty()) return sheet::MappingOf(options.kind);
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(options.mapping_path));
  absl::StatusOr<mapping::v1::Mapping> own = sheet::ParseMapping(text);
  if (!own.ok())
    return UsageError({absl::StrCat(options.mapping_path, "：", own.status().message()),
                       absl::StrCat(options.mapping_path, ": ", own.status().message())});
  if (own->kind() != options.kind) {
    return UsageError({absl::StrCat(options.mapping_path, " 用于 ", registry::v1::ImportKind_Name(own->kind())),
                       absl::StrCat(options.mapping_path, " is for ", registry::v1::ImportKind_Name(own->kind()))});
  }
  sheet::AddFieldColumns(*own);
  return *own;
}

// What may be text but no table.
absl::Status CheckText(const std::string& path, absl::string_view text, const std::string& extension) {
  if (text.empty() && extension != ".jsonl") return Unreadable(path, {"文件没有内容", "is empty"});
  const std::string begin = absl::AsciiStrToLower(text.substr(0, 64));
  for (const char* tag : {"<html", "<!doctype html", "<table", "<?xml"}) {
    if (!absl::StartsWith(begin, tag)) continue;
    return Unreadable(path, {"是网页或 XML 格式的表格：请用表格软件打开，另存为 .xlsx 或 .csv",
                             "is a web page or XML: open it with a spreadsheet and save it as .xlsx or .csv"});
  }
  return absl::OkStatus();
}

// By what the file begins with. Protobuf has no mark of its own, so its name decides.
absl::StatusOr<std::string> FormatOf(const RowFileOptions& options) {
  if (!options.format.empty()) return options.format;
  std::ifstream in(options.path, std::ios::binary);
  if (!in || std::filesystem::is_directory(options.path))
    return Unreadable(options.path, {"无法读取", "cannot be read"});
  std::string beginning(kBeginning, '\0');
  in.read(beginning.data(), kBeginning);
  beginning.resize(static_cast<size_t>(in.gcount()));
  const std::string extension = std::filesystem::path(options.path).extension().string();
  if (sheet::LooksLikeWorkbook(beginning)) return std::string("workbook");
  if (extension == ".binpb" || extension == ".pb") return std::string("protobuf");
  absl::string_view text = beginning;
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  text = absl::StripLeadingAsciiWhitespace(text);
  RETURN_IF_ERROR(CheckText(options.path, text, extension));
  const bool json = absl::StartsWith(text, "{") || (text.empty() && extension == ".jsonl");
  return std::string(json ? "jsonl" : "csv");
}

}  // namespace

absl::StatusOr<std::unique_ptr<RowFile>> OpenRowFile(const RowFileOptions& options) {
  const std::filesystem::path folder = std::filesystem::path(options.reject_path).parent_path();
  std::error_code error;
  if (!folder.empty() && !std::filesystem::is_directory(folder, error)) {
    return Unreadable(options.reject_path, {"没有这个文件夹", "there is no such folder"});
  }
  // It is read more than once.
  if (std::filesystem::exists(options.path, error) && !std::filesystem::is_regular_file(options.path, error)) {
    return Unreadable(options.path, {"不是普通文件，不能导入：请先将内容存为文件",
                                     "is no ordinary file: save what it has into one first"});
  }
  if (std::filesystem::equivalent(options.path, options.reject_path, error)) {
    return Unreadable(options.reject_path, {"与要导入的文件相同：请为被拒绝的行另取文件名",
                                            "is the file that is imported: give rejected rows a file of their own"});
  }
  ASSIGN_OR_RETURN(const std::string format, FormatOf(options));
  if (format == "jsonl") return OpenJsonLines(options);
  if (format == "protobuf") return OpenProtobuf(options);
  ASSIGN_OR_RETURN(mapping::v1::Mapping mapping, ReadMapping(options));
  return format == "workbook" ? OpenWorkbookTable(options, std::move(mapping))
                              : OpenTextTable(options, std::move(mapping));
}

absl::Status Unreadable(const std::string& path, const sheet::Words& why) {
  return UsageError({absl::StrCat(path, "：", why.chinese), absl::StrCat(path, ": ", why.english)});
}

std::string RejectPath(const RowFileOptions& options, const std::string& extension) {
  if (!options.reject_path.empty()) return options.reject_path;
  std::filesystem::path made(options.path);
  const std::string own = made.extension().string();
  return made.replace_extension(absl::StrCat(".rejected", extension.empty() ? own : extension)).string();
}

double ShareRead(std::istream& in, int64_t size) {
  const int64_t position = in ? static_cast<int64_t>(in.tellg()) : size;
  return size == 0 ? 1 : static_cast<double>(position) / static_cast<double>(size);
}

}  // namespace gi::client::gictl
