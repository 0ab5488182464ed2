"""What tests share and no test is: objects of a cluster, servers that are not one, and ways to run the program."""
