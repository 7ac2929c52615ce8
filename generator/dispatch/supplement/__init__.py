"""What is sent after the papers went out: 抽換頁, 補充資料, and a packet that keeps the pages of the one before."""
