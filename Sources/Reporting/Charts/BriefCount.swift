import Units

extension RecordCount {
    /// The count for a label: exact where that is short, else with three significant digits.
    var inBrief: String {
        inWords.count <= 15 ? inWords : ValueUnit.records.text(Double(count))
    }
}
