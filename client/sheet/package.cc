#include "client/sheet/package.h"

#include <expat.h>
#include <zip.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/sheet/rows.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"

namespace gi::client::sheet {
namespace {

constexpr size_t kBlock = 64 << 10;

absl::Status TooLarge(int64_t max_bytes) {
  return SheetError({absl::StrCat("工作簿解压后超过 ", max_bytes >> 20, " MiB：请将工作表另存为“CSV UTF-8”后导入"),
                     absl::StrCat("is a workbook of more than ", max_bytes >> 20,
                                  " MiB when unpacked: save the sheet as \"CSV UTF-8\" and import that")});
}

absl::string_view WithoutPrefix(absl::string_view name) { return name.substr(name.find(':') + 1); }

class Entry {
 public:
  explicit Entry(zip_file_t* file) : file_(file) {}
  ~Entry() { zip_fclose(file_); }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  // 0 at the end.
  absl::StatusOr<size_t> Read(char* bytes, size_t size) {
    const zip_int64_t read = zip_fread(file_, bytes, size);
    if (read < 0) return DamagedWorkbook(zip_file_strerror(file_));
    return static_cast<size_t>(read);
  }

 private:
  zip_file_t* file_;
};

class ExpatPart final : public XmlPart {
 public:
  ExpatPart(zip_file_t* file, std::string name, XmlHandler& handler)
      : entry_(file), name_(std::move(name)), handler_(handler), parser_(XML_ParserCreate(nullptr)) {
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(
        parser_,
        [](void* self, const char* element, const char** attributes) {
          Handler(self).OnStart(WithoutPrefix(element), XmlAttributes(attributes));
        },
        [](void* self, const char* element) { Handler(self).OnEnd(WithoutPrefix(element)); });
    XML_SetCharacterDataHandler(parser_, [](void* self, const char* text, int size) {
      Handler(self).OnText({text, static_cast<size_t>(size)});
    });
    XML_SetStartDoctypeDeclHandler(parser_, [](void* self, const char*, const char*, const char*, int) {
      XML_StopParser(static_cast<ExpatPart*>(self)->parser_, XML_FALSE);
    });
  }
  ~ExpatPart() override { XML_ParserFree(parser_); }

  absl::StatusOr<bool> Next() override {
    void* const block = XML_GetBuffer(parser_, kBlock);
    if (block == nullptr) return Damaged();
    ASSIGN_OR_RETURN(const size_t read, entry_.Read(static_cast<char*>(block), kBlock));
    if (XML_ParseBuffer(parser_, static_cast<int>(read), read == 0) != XML_STATUS_OK) return Damaged();
    RETURN_IF_ERROR(handler_.status());
    return read > 0;
  }

 private:
  static XmlHandler& Handler(void* self) { return static_cast<ExpatPart*>(self)->handler_; }
  absl::Status Damaged() const {
    return DamagedWorkbook(absl::StrCat(name_, ": ", XML_ErrorString(XML_GetErrorCode(parser_))));
  }

  Entry entry_;
  const std::string name_;
  XmlHandler& handler_;
  const XML_Parser parser_;
};

}  // namespace

absl::Status DamagedWorkbook(absl::string_view detail) {
  const std::string why = detail.empty() ? "" : absl::StrCat(" (", Excerpt(detail, 200), ")");
  return SheetError(
      {absl::StrCat("工作簿已损坏，或不是所支持的格式", why, "：请用电子表格软件打开，另存为 XLSX 或“CSV UTF-8”"),
       absl::StrCat("is a damaged workbook, or one of another kind", why,
                    ": open it in a spreadsheet program and save it as XLSX, or as \"CSV UTF-8\"")});
}

absl::string_view XmlAttributes::operator[](absl::string_view name) const {
  for (const char* const* pair = pairs_; *pair != nullptr; pair += 2) {
    if (WithoutPrefix(*pair) == name) return pair[1];
  }
  return "";
}

absl::StatusOr<std::unique_ptr<Package>> Package::Open(const std::string& path, int64_t max_bytes) {
  int error = 0;
  zip_t* const archive = zip_open(path.c_str(), ZIP_RDONLY, &error);
  if (archive == nullptr) {
    zip_error_t described;
    zip_error_init_with_code(&described, error);
    const std::string detail = zip_error_strerror(&described);
    zip_error_fini(&described);
    return DamagedWorkbook(detail);
  }
  std::unique_ptr<Package> package(new Package(archive));
  RETURN_IF_ERROR(package->CheckWhole(max_bytes));
  return package;
}

Package::~Package() { zip_discard(archive_); }

absl::Status Package::CheckWhole(int64_t max_bytes) const {
  const auto entries = static_cast<zip_uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(archive_, 0), 0));
  uint64_t bytes = 0;
  for (zip_uint64_t i = 0; i < entries; ++i) {
    zip_stat_t stat;
    if (zip_stat_index(archive_, i, 0, &stat) != 0) return DamagedWorkbook(zip_strerror(archive_));
    bytes += std::min(stat.size, static_cast<zip_uint64_t>(max_bytes) + 1);
    if (bytes > static_cast<uint64_t>(max_bytes)) return TooLarge(max_bytes);
  }
  // The directory may say less than there is.
  std::vector<char> block(kBlock);
  bytes = 0;
  for (zip_uint64_t i = 0; i < entries; ++i) {
    zip_file_t* const file = zip_fopen_index(archive_, i, 0);
    if (file == nullptr) return DamagedWorkbook(zip_strerror(archive_));
    Entry entry(file);
    for (size_t read = 1; read > 0;) {
      ASSIGN_OR_RETURN(read, entry.Read(block.data(), block.size()));
      bytes += read;
      if (bytes > static_cast<uint64_t>(max_bytes)) return TooLarge(max_bytes);
    }
  }
  return absl::OkStatus();
}

bool Package::Has(const std::string& name) const {
  return zip_name_locate(archive_, name.c_str(), ZIP_FL_NOCASE | ZIP_FL_ENC_GUESS) >= 0;
}

absl::StatusOr<std::unique_ptr<XmlPart>> Package::Read(const std::string& name, XmlHandler& handler) const {
  zip_file_t* const file = zip_fopen(archive_, name.c_str(), ZIP_FL_NOCASE);
  if (file == nullptr) return DamagedWorkbook(absl::StrCat(name, ": ", zip_strerror(archive_)));
  return std::make_unique<ExpatPart>(file, name, handler);
}

absl::Status Package::ReadAll(const std::string& name, XmlHandler& handler) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<XmlPart> part, Read(name, handler));
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(more, part->Next());
  }
  return absl::OkStatus();
}

}  // namespace gi::client::sheet
