@rem Starts yxt-mw with the Node that lies beside it. One line, so that an upgrade may replace this file meanwhile.
@"%~dp0runtime\node.exe" "%~dp0bin\yxt-mw.js" %* & exit /b
