# The store by itself, in C#: beside SQLite directly, among processes, and in a large journal.
Add-ProgramLine claim-complete ($Quick ? 1000 : 3000)
Add-ProgramLine pace ($Quick ? 1000 : 3000)
Add-ProgramLine connections ($Quick ? 1000 : 3000)
Add-ProgramLine processes ($Quick ? 1500 : 4000)
Add-ProgramLine growth ($Large ? 10000000 : $Quick ? 50000 : 1000000)
