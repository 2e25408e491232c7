// Exports: every row in every format is what an import of it would be asked with.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/gictl/export_rows.h"
#include "client/gictl/fields.h"
#include "client/gictl/labels.h"
#include "client/gictl/row_file.h"
#include "client/sheet/field_columns.h"
#include "gi/registry/v1/annotations.pb.h"
#include "gi/registry/v1/authorization.pb.h"
#include "gi/registry/v1/entity.pb.h"
#include "gi/registry/v1/import.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/client/gictl_fixture.h"
#include "tests/support/temp_dir.h"

namespace gi::client::gictl {
namespace {

namespace v1 = registry::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <class M>
M Parse(const char* text) {
  M message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class ExportTest : public testing::Test {
 protected:
  // The rows that an import of an export reads.
  std::vector<v1::ImportRow> Through(const char* collection, v1::ImportKind kind, const std::string& format,
                                     const std::vector<const Message*>& resources) {
    const ResourceKind& resource_kind = **KindNamed(collection);
    const auto writer = MakeRowWriter(resource_kind, format);
    EXPECT_TRUE(writer.ok()) << writer.status();
    std::string text = (*writer)->Head();
    int64_t number = 0;
    for (const Message* resource : resources) {
      text += (*writer)->Row(++number, *CreateRequestOf(resource_kind, *resource));
    }
    RowFileOptions options;
    options.path = dir_.path() + "/rows";
    options.kind = kind;
    options.format = format;
    std::ofstream(options.path, std::ios::binary) << text;
    const auto file = OpenRowFile(options);
    EXPECT_TRUE(file.ok()) << file.status();
    EXPECT_TRUE((*file)->Restart().ok()) << text;
    std::vector<v1::ImportRow> rows;
    SentRow kept;
    v1::ImportRow row;
    while (*(*file)->Next(row, kept)) {
      for (const auto& problem : kept.problems) ADD_FAILURE() << problem.column << ": " << problem.fault.what.english;
      rows.push_back(row);
    }
    return rows;
  }

  const TempDir dir_;
};

constexpr const char* kFormats[] = {"csv", "jsonl", "protobuf"};

TEST_F(ExportTest, EntitiesComeBack) {
  const auto plain = Parse<v1::Entity>(R"pb(
    name: "entities/e1"
    uscc: "91500155MA5TEXT11L"
    display_name: "=示例, \"合作社\""
    aliases: "甲"
    aliases: "乙"
    division_code: "500155005205"
    source { kind: SOURCE_KIND_SYNTHETIC title: "made up" uri: "x" }
  )pb");
  auto odd = plain;
  odd.set_name("entities/e2");
  odd.set_uscc("125001554567890117");
  odd.set_uscc_verdict(v1::USCC_VERDICT_OK_LEGACY);
  odd.set_display_name("'=x");
  odd.set_aliases(0, "甲、乙");
  for (const char* format : kFormats) {
    const auto rows = Through("entities", v1::IMPORT_KIND_ENTITIES, format, {&plain, &odd});
    ASSERT_EQ(rows.size(), 2u) << format;
    for (size_t i = 0; i < rows.size(); ++i) {
      v1::CreateEntityRequest wanted;
      *wanted.mutable_entity() = i == 0 ? plain : odd;
      wanted.set_entity_id(i == 0 ? "e1" : "e2");
      wanted.set_accept_legacy_code(i == 1);
      v1::CreateEntityRequest got = rows[i].entity();
      for (auto* request : {&wanted, &got}) {
        request->mutable_entity()->clear_name();
        request->mutable_entity()->clear_uscc_verdict();
      }
      EXPECT_EQ(got.DebugString(), wanted.DebugString()) << format;
    }
  }
}

TEST_F(ExportTest, TitlesWithAllTheirParts) {
  const auto title = Parse<v1::Indication>(R"pb(
    name: "indications/t1"
    kind: INDICATION_KIND_CERTIFICATION_MARK
    display_name: "示例柚"
    names { text: "Shili You" kind: NAME_KIND_TRANSCRIPTION language: "zh-Latn-pinyin" }
    numbers { kind: NUMBER_KIND_REGISTRATION number: "1" }
    numbers { kind: NUMBER_KIND_REGISTRATION number: "2" }
    goods { id: "g1" text: "柚子" nice_class: 31 }
    area_codes: "500155"
    area_codes: "500228"
    events {
      kind: TITLE_EVENT_KIND_REGISTERED
      effective_from { year: 2020 month: 3 day: 7 }

    }
    events {
      kind: TITLE_EVENT_KIND_RENEWED
      effective_from { year: 2030 month: 3 day: 7 }
    }
    source { kind: SOURCE_KIND_SYNTHETIC title: "made up" }
    state: TITLE_STATE_IN_FORCE
  )pb");
  for (const char* format : kFormats) {
    const auto rows = Through("indications", v1::IMPORT_KIND_INDICATIONS, format, {&title});
    ASSERT_EQ(rows.size(), 1u) << format;
    v1::Indication got = rows[0].indication().indication();
    EXPECT_EQ(got.state(), title.state()) << format << ": an import must see it";
    got.set_name(title.name());
    EXPECT_EQ(got.DebugString(), title.DebugString()) << format;
    EXPECT_EQ(rows[0].indication().indication_id(), "t1");
  }
}

TEST_F(ExportTest, GrantsAndRequests) {
  const auto grant = Parse<v1::Authorization>(R"pb(
    name: "authorizations/a1"
    entity: "entities/e1"
    indication: "indications/t1"
    validity {
      from { year: 2021 month: 2 day: 1 }
      to { year: 2026 month: 1 day: 31 }
    }
    events {
      id: "e1"
      kind: GRANT_EVENT_KIND_REQUESTED
      effective_from { year: 2021 month: 1 day: 1 }
    }
    events {
      id: "e2"
      kind: GRANT_EVENT_KIND_GRANTED
      effective_from { year: 2021 month: 2 day: 1 }
    }
    events {
      id: "e3"
      kind: GRANT_EVENT_KIND_SUSPENDED
      effective_from { year: 2022 month: 2 day: 1 }
    }
    source { kind: SOURCE_KIND_SYNTHETIC title: "made up" }
    state: AUTHORIZATION_STATE_SUSPENDED
  )pb");
  auto request = grant;
  request.set_name("authorizations/a2");
  request.clear_validity();
  request.mutable_events()->DeleteSubrange(1, 2);
  request.set_state(v1::AUTHORIZATION_STATE_PENDING);
  for (const char* format : kFormats) {
    const auto rows = Through("authorizations", v1::IMPORT_KIND_AUTHORIZATIONS, format, {&grant, &request});
    ASSERT_EQ(rows.size(), 2u) << format;
    EXPECT_TRUE(rows[0].authorization().granted());
    EXPECT_EQ(rows[0].authorization().effective_from().month(), 2);
    EXPECT_EQ(rows[0].authorization().authorization().validity().DebugString(), grant.validity().DebugString());
    EXPECT_EQ(rows[0].authorization().authorization().events_size(), 3) << format << ": an import must see them";
    EXPECT_EQ(rows[0].authorization().authorization().state(), grant.state());
    EXPECT_FALSE(rows[1].authorization().granted()) << format;
    EXPECT_EQ(rows[1].authorization().effective_from().month(), 1);
    EXPECT_FALSE(rows[1].authorization().authorization().has_validity());
  }
}

// Pages of three rows, of which the second one fails once.
class ResumeTest : public GictlTest {
 protected:
  void SetUp() override {
    ON_CALL(mock_, Call)
        .WillByDefault([this](absl::string_view, const Message& any, Message* response, const CallOptions&) {
          const auto& request = static_cast<const v1::ListEntitiesRequest&>(any);
          const int page = request.page_token().empty() ? 0 : request.page_token().back() - '0';
          if (page == fails_at_) {
            fails_at_ = -1;
            return absl::UnavailableError("gone");
          }
          auto& answer = static_cast<v1::ListEntitiesResponse&>(*response);
          for (int i = 0; i < 3; ++i) {
            v1::Entity& row = *answer.add_entities();
            row.set_name(absl::StrCat("entities/e", page, i));
            row.set_display_name("示例");
          }
          if (page < 3) answer.set_next_page_token(absl::StrCat("token", page + 1));
          return absl::OkStatus();
        });
  }

  std::string Export(const std::string& name, std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"export", "entities", Path(name)};
    args.insert(args.end(), more.begin(), more.end());
    code_ = Run(args);
    return Read(name);
  }
  std::string Path(const std::string& name) const { return dir_.path() + "/" + name; }
  std::string Read(const std::string& name) const {
    std::ifstream in(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const TempDir dir_;
  int fails_at_ = -1;
  int code_ = 0;
};

TEST_F(ResumeTest, GoesOnWhereItWasInterrupted) {
  for (const char* extension : {".csv", ".jsonl", ".binpb"}) {
    const std::string whole = Export(absl::StrCat("whole", extension));
    EXPECT_EQ(code_, 0);
    EXPECT_GT(whole.size(), 100u);
    for (int page = 0; page < 4; ++page) {
      fails_at_ = page;
      const std::string name = absl::StrCat("cut", page, extension);
      EXPECT_EQ(Export(name), "") << "a file is there when it is complete";
      EXPECT_NE(code_, 0);
      if (page > 0) {
        // What was written after the last page that counts is overwritten.
        std::ofstream(Path(name + ".part"), std::ios::app) << "half a row";
      }
      EXPECT_EQ(Export(name, page > 0 ? std::vector<std::string>{"--resume"} : std::vector<std::string>{}), whole)
          << name;
      EXPECT_EQ(Read(name + ".resume") + Read(name + ".part"), "") << "nothing is left";
    }
  }
}

TEST_F(ResumeTest, OnlyWhatWasAskedThen) {
  fails_at_ = 2;
  Export("a.jsonl");
  Export("a.jsonl", {"--resume", "--uscc", "x"});
  EXPECT_EQ(code_, kUsageError) << err_;
  Export("a.jsonl", {"--resume", "--format", "csv"});
  EXPECT_EQ(code_, kUsageError) << err_;
  Export("b.jsonl", {"--resume"});
  EXPECT_EQ(code_, kUsageError) << err_;
  Export("a.jsonl", {"--resume"});
  EXPECT_EQ(code_, 0) << err_;
}

// What a cell says of a value of an enum is understood as that value.
TEST(FieldColumnsTest, WordsOfEnumsAreUnambiguous) {
  const auto label = [](const google::protobuf::EnumValueDescriptor& value) {
    return EnumLabel(value, Language::kChinese);
  };
  for (const char* path : {"indication.kind", "indication.state"}) {
    const FieldDescriptor* field =
        v1::Indication::descriptor()->FindFieldByName(std::string(path).substr(std::string("indication.").size()));
    for (int i = 1; i < field->enum_type()->value_count(); ++i) {
      v1::CreateIndicationRequest request, read;
      request.mutable_indication()->GetReflection()->SetEnumValue(request.mutable_indication(), field,
                                                                  field->enum_type()->value(i)->number());
      const std::string cell = sheet::CellOf(request, path, label);
      EXPECT_TRUE(sheet::SetField(read, path, cell, label).empty()) << cell;
      EXPECT_EQ(read.DebugString(), request.DebugString()) << cell;
    }
  }
}

}  // namespace
}  // namespace gi::client::gictl
