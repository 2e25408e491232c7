// Workbooks as tables: what a spreadsheet program writes comes back as it is meant; what is damaged ends with a remedy.
#include "client/sheet/workbook.h"

#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/gictl/reject_table.h"
#include "client/gictl/row_file.h"
#include "client/gictl/template_workbook.h"
#include "client/sheet/mapping.h"
#include "client/sheet/sheet_date.h"
#include "client/sheet/table.h"
#include "client/sheet/values.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tests/support/workbook_parts.h"
#include "xlsxwriter.h"

namespace gi::client::sheet {
namespace {

class WorkbookTest : public testing::Test {
 protected:
  // Writes a workbook.
  std::string Make(const std::string& name, const std::function<void(lxw_workbook*)>& fill) {
    const std::string path = absl::StrCat(dir_.path(), "/", name);
    lxw_workbook* book = workbook_new(path.c_str());
    fill(book);
    EXPECT_EQ(workbook_close(book), LXW_NO_ERROR);
    return path;
  }

  void Write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const TempDir dir_;
};

void Text(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, const char* text) {
  worksheet_write_string(sheet, row, column, text, nullptr);
}

TEST_F(WorkbookTest, CellsComeAsTheyAreMeant) {
  const std::string path = Make("a.xlsx", [](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, "名单");
    Text(sheet, 0, 0, "  示例 合作社 ");
    worksheet_write_number(sheet, 0, 1, 500155, nullptr);
    worksheet_write_number(sheet, 0, 2, 0.1, nullptr);
    worksheet_write_number(sheet, 0, 3, 500155005205.0, nullptr);
    lxw_format* day = workbook_add_format(book);
    format_set_num_format(day, "yyyy-mm-dd");
    worksheet_write_number(sheet, 0, 4, 45356, day);
    lxw_format* share = workbook_add_format(book);
    format_set_num_format(share, "0%");
    worksheet_write_number(sheet, 0, 5, 0.25, share);
    worksheet_write_boolean(sheet, 0, 6, 1, nullptr);
    worksheet_write_formula_num(sheet, 0, 7, "=1+1", nullptr, 2);
    worksheet_write_formula_str(sheet, 2, 0, "=\"a\"&\"b\"", nullptr, "ab");
    worksheet_merge_range(sheet, 4, 0, 4, 2, "合并", nullptr);
  });
  EXPECT_EQ(DumpWorkbook(path),
            "1: 示例 合作社|500155|0.1|500155005205|2024/03/05|25%|TRUE|2\n"
            "3: ab\n"
            "5: 合并\n");
  ASSERT_TRUE(ParseSheetDate("2024/03/05").has_value());
}

TEST_F(WorkbookTest, NumbersThatLostTheirDigitsShowIt) {
  const std::string path = Make("a.xlsx", [](lxw_workbook* book) {
    worksheet_write_number(workbook_add_worksheet(book, nullptr), 0, 0, 915001551234567890.0, nullptr);
  });
  const std::string line = DumpWorkbook(path);
  EXPECT_FALSE(DamageOf(line.substr(3, line.size() - 4)).empty()) << line;
}

TEST_F(WorkbookTest, WhateverItIsCalled) {
  const std::string path =
      Make("a.xlsx", [](lxw_workbook* book) { Text(workbook_add_worksheet(book, "甲"), 0, 0, "x"); });
  for (const char* name : {"a.csv", "b.ods", "c"}) {
    const std::string other = absl::StrCat(dir_.path(), "/", name);
    Write(other, Read(path));
    EXPECT_EQ(DumpWorkbook(other), "1: x\n") << name;
  }
}

TEST_F(WorkbookTest, Sheets) {
  const std::string path = Make("a.xlsx", [](lxw_workbook* book) {
    Text(workbook_add_worksheet(book, "说明"), 0, 0, "请填写");
    lxw_worksheet* hidden = workbook_add_worksheet(book, "名单");
    Text(hidden, 3, 1, "x");
    worksheet_hide(hidden);
  });
  const auto book = Workbook::Open(path);
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_EQ((*book)->sheets(), (std::vector<std::string>{"说明", "名单"}));
  EXPECT_EQ(DumpWorkbook(path, 1), "4: |x\n");
  EXPECT_EQ((*book)->CountRows(1), 4);
}

// What opening the book as a list of entities says, or the sheet that is read.
std::string SheetOf(const std::string& path, const std::string& named = "") {
  gictl::RowFileOptions options;
  options.path = path;
  options.kind = registry::v1::IMPORT_KIND_ENTITIES;
  options.sheet = named;
  const auto file = gictl::OpenRowFile(options);
  return file.ok() ? (*file)->format() : std::string(file.status().message());
}

TEST_F(WorkbookTest, NoneOfSeveralTablesIsChosen) {
  const auto table = [](lxw_workbook* book, const char* name, int rows) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, name);
    Text(sheet, 0, 0, "单位名称");
    Text(sheet, 0, 1, "信用代码");
    for (int row = 1; row <= rows; ++row) Text(sheet, static_cast<lxw_row_t>(row), 0, "甲");
  };
  const std::string two = Make("two.xlsx", [&](lxw_workbook* book) {
    table(book, "空表", 0);
    table(book, "礼让镇", 1);
    table(book, "云龙镇", 2);
  });
  EXPECT_THAT(SheetOf(two),
              testing::HasSubstr("several sheets with such a table: 礼让镇、云龙镇; name one with --sheet"));
  EXPECT_EQ(SheetOf(two, "云龙镇"), "sheet 云龙镇");
  EXPECT_EQ(SheetOf(two, "空表"), "sheet 空表");
  const std::string one = Make("one.xlsx", [&](lxw_workbook* book) {
    table(book, "空表", 0);
    table(book, "礼让镇", 1);
  });
  EXPECT_EQ(SheetOf(one), "sheet 礼让镇");
}

TEST_F(WorkbookTest, AFigureOverSeveralRowsIsNotThatOfEach) {
  const std::string path = Make("a.xlsx", [](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
    const char* rows[][6] = {{"普查", "产品名称", "行业", "乡镇代码", "面积", "年份"},
                             {"s", "甲", "CROPS", "500155001", "300", "2024"},
                             {"s", "乙", "CROPS", "500155001", "", "2024"},
                             {"s", "丙", "CROPS", "500155001", "5", "2024"}};
    for (lxw_row_t row = 0; row < 4; ++row) {
      for (lxw_col_t column = 0; column < 6; ++column) Text(sheet, row, column, rows[row][column]);
    }
    worksheet_merge_range(sheet, 1, 4, 2, 4, "300", nullptr);
    worksheet_merge_range(sheet, 1, 0, 3, 0, "s", nullptr);
  });
  gictl::RowFileOptions options;
  options.path = path;
  options.kind = registry::v1::IMPORT_KIND_SURVEY_RECORDS;
  const auto file = gictl::OpenRowFile(options);
  ASSERT_TRUE(file.ok() && (*file)->Restart().ok()) << file.status();
  gictl::SentRow kept;
  registry::v1::ImportRow row;
  std::vector<std::string> columns;
  while (*(*file)->Next(row, kept)) columns.push_back(kept.problems.empty() ? "" : kept.problems[0].column);
  EXPECT_EQ(columns, (std::vector<std::string>{"面积", "面积", ""}));
}

TEST_F(WorkbookTest, ANoteBelowTheTableNamesItsUnits) {
  const std::string path = Make("note.xlsx", [](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
    const char* rows[][6] = {{"普查", "产品名称", "行业", "乡镇代码", "年份", "产量"},
                             {"s", "甲", "CROPS", "500155001", "2024", "300"},
                             {"注：产量单位为公斤"}};
    for (lxw_row_t row = 0; row < 3; ++row) {
      for (lxw_col_t column = 0; column < 6 && rows[row][column] != nullptr; ++column) {
        Text(sheet, row, column, rows[row][column]);
      }
    }
  });
  gictl::RowFileOptions options;
  options.path = path;
  options.kind = registry::v1::IMPORT_KIND_SURVEY_RECORDS;
  const auto file = gictl::OpenRowFile(options);
  ASSERT_TRUE(file.ok() && (*file)->Restart().ok()) << file.status();
  for (int round = 0; round < 2; ++round) {
    gictl::SentRow kept;
    registry::v1::ImportRow row;
    ASSERT_TRUE(*(*file)->Next(row, kept));
    EXPECT_EQ(row.survey_record().survey_record().measurements(0).quantity().unit(), registry::v1::UNIT_KILOGRAM);
    EXPECT_FALSE(*(*file)->Next(row, kept));
    ASSERT_TRUE((*file)->Restart().ok());
  }
}

// An earlier file of rejected rows may hold corrections; cells behind those of the head stay behind them.
TEST_F(WorkbookTest, FilesOfRejectedRowsLoseNothing) {
  const std::string path = absl::StrCat(dir_.path(), "/r.csv");
  Write(path, "corrected by hand");
  const auto rejects = gictl::MakeTextRejects(path, TextEncoding::kUtf8, ',');
  ASSERT_TRUE(rejects->Add({"a", "b"}, {"1", "2", "", "4"}, "why").ok());
  ASSERT_TRUE(rejects->Finish().ok());
  EXPECT_EQ(Read(path), "a,b,错误原因\r\n1,2,why,,4\r\n");
  EXPECT_EQ(Read(path + ".old"), "corrected by hand");
}

TEST_F(WorkbookTest, WhatIsCutShortIsRefusedOrWhole) {
  const std::string path = Make("a.xlsx", [](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
    for (lxw_row_t row = 0; row < 200; ++row) Text(sheet, row, 0, absl::StrCat("row ", row).c_str());
  });
  const std::string whole = Read(path);
  const std::string rows = DumpWorkbook(path);
  const std::string cut = absl::StrCat(dir_.path(), "/cut.xlsx");
  for (size_t size = 4; size < whole.size(); size += 97) {
    Write(cut, whole.substr(0, size));
    const std::string got = DumpWorkbook(cut);
    EXPECT_NE(got.find("CSV UTF-8"), std::string::npos) << size << ": " << got;
  }
  // Damaged in the middle.
  for (size_t at = 10; at < whole.size(); at += 61) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    Write(cut, damaged);
    const std::string got = DumpWorkbook(cut);
    EXPECT_TRUE(got == rows || got.find("CSV UTF-8") != got.npos) << at << ": " << got;
  }
}

// An archive that says it unpacks to two gigabytes; the rest of it is never looked at.
TEST_F(WorkbookTest, BombsAreRefusedBeforeTheyAreUnpacked) {
  const std::string name = "xl/workbook.xml";
  const auto number = [](uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xff);
    return out;
  };
  const std::string sizes = absl::StrCat(number(0, 4), number(10, 4), number(0x7fffffff, 4));
  const std::string local = absl::StrCat("PK\x03\x04", number(20, 2), number(0, 2), number(8, 2), number(0, 4), sizes,
                                         number(name.size(), 2), number(0, 2), name, std::string(10, 'x'));
  const std::string entry = absl::StrCat("PK\x01\x02", number(20, 2), number(20, 2), number(0, 2), number(8, 2),
                                         number(0, 4), sizes, number(name.size(), 2), number(0, 14), number(0, 2));
  const std::string central = absl::StrCat(entry.substr(0, 30), number(0, 8), number(0, 4), number(0, 4), name);
  const std::string end = absl::StrCat("PK\x05\x06", number(0, 4), number(1, 2), number(1, 2),
                                       number(central.size(), 4), number(local.size(), 4), number(0, 2));
  const std::string path = absl::StrCat(dir_.path(), "/bomb.xlsx");
  Write(path, absl::StrCat(local, central, end));
  EXPECT_NE(DumpWorkbook(path).find("MiB when unpacked"), std::string::npos) << DumpWorkbook(path);
}

TEST_F(WorkbookTest, OthersAreToldWhatToDo) {
  const std::string path = absl::StrCat(dir_.path(), "/a.xls");
  Write(path, "\xD0\xCF\x11\xE0 and so on");
  EXPECT_NE(DumpWorkbook(path).find("older kind"), std::string::npos);
  Write(path, "PK\x03\x04 and so on");
  EXPECT_NE(DumpWorkbook(path).find("save it as XLSX"), std::string::npos);
}

TEST_F(WorkbookTest, RejectedRowsStayWhatTheyAre) {
  const std::string path = absl::StrCat(dir_.path(), "/r.xlsx");
  const auto rejects = gictl::MakeWorkbookRejects(path);
  const std::vector<std::string> head = {"代码", "名称", "日期", "错误原因"};
  ASSERT_TRUE(rejects->Add(head, {"500155005205", "=1+1", "2024年3月", "old"}, "名称：不行").ok());
  ASSERT_TRUE(rejects->Add(head, {"125001554567890117"}, "why").ok());
  ASSERT_EQ(*rejects->Finish(), path);
  EXPECT_EQ(DumpWorkbook(path),
            "1: 代码|名称|日期|错误原因\n2: 500155005205|=1+1|2024年3月|名称：不行\n3: 125001554567890117|||why\n");
}

// Every template is read as an empty table of its kind, and its lists offer what is understood.
TEST_F(WorkbookTest, Templates) {
  for (const std::string& text : ShippedMappingTexts()) {
    const auto mapping = ParseMapping(text);
    ASSERT_TRUE(mapping.ok());
    const std::string path = absl::StrCat(dir_.path(), "/", mapping->name(), ".xlsx");
    ASSERT_TRUE(gictl::WriteTemplateWorkbook(*mapping, path).ok());
    const auto book = Workbook::Open(path);
    ASSERT_TRUE(book.ok()) << book.status();
    const auto rows = (*book)->Rows(0);
    TableReader table(*rows, *mapping);
    ASSERT_TRUE(table.FindHead().ok()) << mapping->name();
    EXPECT_EQ(table.MissingColumns().size() + table.UnknownColumns().size(), 0u) << mapping->name();
    // All of them in their order, but for those that only real tables have.
    std::vector<int> offered;
    for (int i = 0; i < mapping->columns_size(); ++i) {
      if (mapping->columns(i).range().empty() && !mapping->columns(i).not_in_templates()) offered.push_back(i);
    }
    EXPECT_EQ(table.layout().columns, offered);
    SheetRow row;
    EXPECT_FALSE(*table.Next(row)) << mapping->name();
  }
}

}  // namespace
}  // namespace gi::client::sheet
